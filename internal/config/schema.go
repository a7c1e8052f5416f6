package config

import (
	"encoding/json"
	"regexp"
)

// Schema returns the JSON schema (draft 2020-12) of the file, for editors. It is
// made from the table that Parse uses. What one key means for another is not in it.
func Schema() []byte {
	s := root.schema()
	s["$schema"] = "https://json-schema.org/draft/2020-12/schema"
	s["title"] = "linkbatch configuration"
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // maps, slices, texts and numbers always encode
	}
	return append(b, '\n')
}

// object is a part of a schema.
type object = map[string]any

func (k *key) schema() object {
	s := k.shape()
	if k.help != "" {
		s["description"] = k.help
	}
	return s
}

// shape is the schema of what the key may hold.
func (k *key) shape() object {
	switch k.kind {
	case word:
		return object{"type": "string", "enum": k.words}
	case yesNo:
		return object{"type": "boolean"}
	case identifier:
		return object{"anyOf": []object{matching(digits), {"type": "integer", "minimum": 1}}}
	case count:
		return k.number()
	case share:
		return object{"anyOf": []object{k.number(), matching(percentage)}}
	case server:
		return matching(webAddress)
	case variable:
		return matching(variableName)
	case zone:
		return matching(zoneName)
	case filename:
		return object{"type": "string", "pattern": "^[^~]"}
	case accounts:
		return object{"type": "array", "items": object{"anyOf": []object{matching(accountName), {"type": "integer", "minimum": 1}}}}
	case named:
		return object{"type": "object", "patternProperties": object{k.pattern.String(): k.keys[0].schema()}, "additionalProperties": false}
	case table:
		properties := object{}
		for i := range k.keys {
			properties[k.keys[i].name] = k.keys[i].schema()
		}
		return object{"type": "object", "properties": properties, "additionalProperties": false}
	}
	return matching(k.pattern)
}

func (k *key) number() object {
	s := object{"type": "integer", "minimum": k.least}
	if k.most != largest {
		s["maximum"] = k.most
	}
	return s
}

func matching(r *regexp.Regexp) object { return object{"type": "string", "pattern": r.String()} }
