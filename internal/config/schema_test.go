package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// TestSchema holds that the schema is what testdata/schema.json says, and that
// it takes the sample.
func TestSchema(t *testing.T) {
	golden(t, "testdata/schema.json", string(Schema()))
	data, err := os.ReadFile(sample)
	if err != nil {
		t.Fatal(err)
	}
	file, err := Parse("linkbatch.toml", data)
	if err != nil {
		t.Fatal(err)
	}
	if bad := validate(t, data); len(bad) > 0 {
		t.Errorf("the schema refuses the sample: %q", bad)
	}
	if len(file.Profiles()) != 2 {
		t.Errorf("profiles of the sample: %q", file.Profiles())
	}
}

// TestSchemaAgrees holds that the schema refuses, among the keys of a file that
// is TOML, those that Parse refuses, and no others. A pattern cannot say all
// that Parse wants of a value; beyond holds these.
func TestSchemaAgrees(t *testing.T) {
	beyond := map[string]bool{
		"endpoint":            true, // plain http to another machine
		"profiles.b.customer": true, // 0x1F, which is a number in JSON as well
		"profiles.f.customer": true, // 19 digits above the largest id
	}
	for _, name := range []string{"values", "keys"} {
		data, err := os.ReadFile(filepath.Join("testdata", name+".toml"))
		if err != nil {
			t.Fatal(err)
		}
		refused := map[string]bool{}
		_, err = Parse("f", data)
		for _, p := range err.(*Error).Problems {
			refused[p.Key] = true
		}
		bad := validate(t, data)
		for key := range refused {
			if slices.Contains(bad, key) == (name == "values" && beyond[key]) {
				t.Errorf("%s: the schema takes %s: %t", name, key, !slices.Contains(bad, key))
			}
		}
		for _, key := range bad {
			if !refused[key] {
				t.Errorf("%s: the schema refuses %s, and Parse does not", name, key)
			}
		}
	}
}

// TestEveryKey reads a file that sets every key of the schema, so that none is
// in it that Parse does not know, and compares with the table the other way.
func TestEveryKey(t *testing.T) {
	var schema map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	fromSchema := propertiesOf(schema, "")
	fromTable := namesOf(&root, "")
	slices.Sort(fromSchema)
	slices.Sort(fromTable)
	if !slices.Equal(fromSchema, fromTable) {
		t.Errorf("the schema has\n%q\nand the table\n%q", fromSchema, fromTable)
	}
	if len(fromTable) < 30 {
		t.Errorf("only %d keys", len(fromTable))
	}
	for _, key := range fromSchema {
		text := strings.NewReplacer("profiles.*", "profiles.a", "clients.*", "clients.C012345678").Replace(key) + " = 2000-01-01"
		_, err := Parse("f", []byte(text))
		if err == nil || strings.Contains(err.Error(), "unknown key") {
			t.Errorf("%s: %v, want a wrong type", text, err)
		}
	}
}

func propertiesOf(s map[string]any, path string) (keys []string) {
	properties, _ := s["properties"].(map[string]any)
	for name, sub := range properties {
		keys = append(keys, strings.TrimPrefix(path+"."+name, "."))
		keys = append(keys, propertiesOf(sub.(map[string]any), path+"."+name)...)
	}
	patterns, _ := s["patternProperties"].(map[string]any)
	for _, sub := range patterns {
		keys = append(keys, strings.TrimPrefix(path+".*", "."))
		keys = append(keys, propertiesOf(sub.(map[string]any), path+".*")...)
	}
	return keys
}

func namesOf(k *key, path string) (names []string) {
	for i := range k.keys {
		name := k.keys[i].name
		if name == "" {
			name = "*"
		}
		names = append(names, strings.TrimPrefix(path+"."+name, "."))
		names = append(names, namesOf(&k.keys[i], path+"."+name)...)
	}
	return names
}

// validate lists the keys of a TOML text that the schema refuses. It knows the
// words of JSON schema that ours has, and fails on any other.
func validate(t *testing.T, data []byte) []string {
	t.Helper()
	var schema, values map[string]any
	if err := json.Unmarshal(Schema(), &schema); err != nil {
		t.Fatal(err)
	}
	if err := toml.Unmarshal(data, &values); err != nil {
		t.Fatal(err)
	}
	v := validator{t: t}
	v.check(schema, values, "")
	slices.Sort(v.bad)
	return v.bad
}

type validator struct {
	t   *testing.T
	bad []string
}

// rules are what the words of JSON schema that ours has ask of a value.
var rules = map[string]func(want, value any) bool{
	"description": func(any, any) bool { return true },
	"title":       func(any, any) bool { return true },
	"$schema":     func(any, any) bool { return true },
	"type":        func(want, value any) bool { return isType(want.(string), value) },
	"enum":        func(want, value any) bool { return slices.Contains(want.([]any), value) },
	"pattern": func(want, value any) bool {
		text, isText := value.(string)
		return !isText || regexp.MustCompile(want.(string)).MatchString(text)
	},
	"minimum": func(want, value any) bool {
		n, isNumber := value.(int64)
		return !isNumber || float64(n) >= want.(float64)
	},
	"maximum": func(want, value any) bool {
		n, isNumber := value.(int64)
		return !isNumber || float64(n) <= want.(float64)
	},
}

func (v *validator) check(s map[string]any, value any, path string) {
	for word, want := range s {
		switch rule, known := rules[word]; {
		case known && !rule(want, value), word == "anyOf" && !v.any(want.([]any), value, path):
			v.bad = append(v.bad, path)
			return
		case !known && !slices.Contains([]string{"anyOf", "items", "properties", "patternProperties", "additionalProperties"}, word):
			v.t.Fatalf("a schema word that the test does not know: %s", word)
		}
	}
	if items, ok := s["items"]; ok {
		for i, element := range value.([]any) {
			v.check(items.(map[string]any), element, path+elementName(i))
		}
	}
	if s["type"] == "object" {
		v.object(s, value.(map[string]any), path)
	}
}

// any reports whether a value matches one of the schemas.
func (v *validator) any(schemas []any, value any, path string) bool {
	return slices.ContainsFunc(schemas, func(s any) bool {
		try := validator{t: v.t}
		try.check(s.(map[string]any), value, path)
		return len(try.bad) == 0
	})
}

func (v *validator) object(s, value map[string]any, path string) {
	properties, _ := s["properties"].(map[string]any)
	patterns, _ := s["patternProperties"].(map[string]any)
	if s["additionalProperties"] != false {
		v.t.Fatalf("%s takes any key", path)
	}
	for name, element := range value {
		path := strings.TrimPrefix(path+"."+printableKey(name), ".")
		sub, ok := properties[name]
		for pattern, p := range patterns {
			if regexp.MustCompile(pattern).MatchString(name) {
				sub, ok = p, true
			}
		}
		if !ok {
			v.bad = append(v.bad, path)
			continue
		}
		v.check(sub.(map[string]any), element, path)
	}
}

func isType(want string, value any) bool {
	switch value.(type) {
	case string:
		return want == "string"
	case int64:
		return want == "integer"
	case bool:
		return want == "boolean"
	case []any:
		return want == "array"
	case map[string]any:
		return want == "object"
	}
	return fmt.Sprint(want) == "number"
}
