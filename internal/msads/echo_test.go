package msads

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

const searched = `{ "Type":"AccountLink", "ClientEntityId":"1234567","ClientEntityNumber":"X1234567","ClientEntityName":"Blue <Heron> & Co",
	"ManagingCustomerId":7654321,"ManagingCustomerNumber":null,"Note":null,"Name":"Heron 2026","InviterEmail":"someone@example.com",
	"InviterName":"Invented Person","IsBillToClient":false,"StartDate":"2026-01-02T03:04:05.6789012+02:00","Status":"Active",
	"status":"not the member","SuppressNotification":false,"LastModifiedDateTime":"2026-02-03T04:05:06.5",
	"Timestamp":"AAAAAAAAAAA=","ForwardCompatibilityMap":[{"Key":"k","Value":"Status"}],"Huge":123456789012345678901234567890.50,
	"Nested":{"Status":"inner","StartDate":"2020-01-01T00:00:00+01:00"} }`

func decodeLink(t *testing.T, text string) ClientLink {
	t.Helper()
	var l ClientLink
	if err := l.UnmarshalJSON([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return l
}

func TestLinkDecodes(t *testing.T) {
	got := decodeLink(t, searched)
	want := ClientLink{
		Type: AccountLink, ClientEntityID: 1234567, ClientEntityNumber: "X1234567", ClientEntityName: "Blue <Heron> & Co",
		ManagingCustomerID: 7654321, Name: "Heron 2026", IsBillToClient: new(false), Status: Active,
		StartDate:            time.Date(2026, 1, 2, 1, 4, 5, 678901200, time.UTC),
		LastModifiedDateTime: time.Date(2026, 2, 3, 4, 5, 6, 500000000, time.UTC),
		Timestamp:            "AAAAAAAAAAA=",
	}
	if d := cmp.Diff(want, got, cmpopts.IgnoreUnexported(ClientLink{})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(ClientLink{}, decodeLink(t, `{}`), cmpopts.IgnoreUnexported(ClientLink{})); d != "" {
		t.Error(d)
	}
	want.Name, want.Timestamp = "", ""
	if d := cmp.Diff(want, got.Bare(), cmp.AllowUnexported(ClientLink{})); d != "" {
		t.Errorf("bare: %s", d)
	}
}

func TestUpdateEchoesEveryByteButStatusAndStartDate(t *testing.T) {
	l := decodeLink(t, searched).WithStatus(UnlinkRequested)
	got, err := l.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := strings.Replace(searched, `"Status":"Active"`, `"Status":"UnlinkRequested"`, 1)
	want = strings.Replace(want, `"2026-01-02T03:04:05.6789012+02:00"`, `"2026-01-02T01:04:05"`, 1)
	if d := cmp.Diff(want, string(got)); d != "" {
		t.Error(d)
	}
	if l.Status != UnlinkRequested || l.ClientEntityID != 1234567 {
		t.Errorf("fields: %+v", l.Bare())
	}
	noted, _ := l.WithNote("n \"<1>\"").MarshalJSON()
	if want := strings.Replace(want, `"Note":null`, `"Note":"n \"<1>\""`, 1); string(noted) != want {
		t.Errorf("note: %s", noted)
	}
}

func TestEchoAddsWhatIsAbsent(t *testing.T) {
	for raw, want := range map[string]string{
		`{}`:                                  `{"Status":"LinkCanceled"}`,
		`{ }`:                                 `{ "Status":"LinkCanceled"}`,
		`{"A":{}}`:                            `{"A":{},"Status":"LinkCanceled"}`,
		`{"Stat\u0075s":"Active"}`:            `{"Stat\u0075s":"LinkCanceled"}`,
		`{"Status":null,"StartDate":null}`:    `{"Status":"LinkCanceled","StartDate":null}`,
		`{"StartDate":"0001-01-01T00:00:00"}`: `{"StartDate":"0001-01-01T00:00:00","Status":"LinkCanceled"}`,
	} {
		got, _ := decodeLink(t, raw).WithStatus(LinkCanceled).MarshalJSON()
		if string(got) != want {
			t.Errorf("%s = %s, want %s", raw, got, want)
		}
	}
}

func TestALinkMadeHereHasNoObjectToEcho(t *testing.T) {
	l := ClientLink{ClientEntityID: 1, Note: "x"}.WithStatus(LinkAccepted).WithNote("y")
	got, _ := json.Marshal(l)
	if want := `{"ClientEntityId":"1","Note":"y","Status":"LinkAccepted"}`; string(got) != want {
		t.Errorf("%s, want %s", got, want)
	}
	bare, _ := json.Marshal(decodeLink(t, searched).Bare())
	if strings.Contains(string(bare), "Inviter") {
		t.Errorf("%s", bare)
	}
}

func TestOneOddLinkFailsThePage(t *testing.T) {
	for _, odd := range []string{
		`null`, `5`, `"x"`, `[]`,
		`{"ClientEntityId":"1.5"}`, `{"ClientEntityId":1e6}`, `{"ClientEntityId":-4}`, `{"ClientEntityId":"-0"}`,
		`{"ClientEntityId":9223372036854775808}`, `{"ClientEntityId":" "}`, `{"ManagingCustomerId":true}`,
		`{"StartDate":"soon"}`, `{"StartDate":5}`, `{"LastModifiedDateTime":"2026-13-01T00:00:00"}`,
		`{"StartDate":"0000-12-31T00:00:00"}`, `{"LastModifiedDateTime":"9999-12-31T23:59:59-01:00"}`,
		`{"Status":5}`, `{"Note":{}}`, `{"IsBillToClient":"yes"}`, `{"SuppressNotification":1}`,
	} {
		o, err := parseObject([]byte(`{"ClientLinks":[{"Status":"Active"},` + odd + `]}`))
		if err != nil {
			t.Fatal(err)
		}
		links, err := decodeLinks(o)
		if err == nil || links != nil || !strings.HasPrefix(err.Error(), "ClientLinks[1]: ") {
			t.Errorf("%s: %v, %v", odd, links, err)
		}
	}
}

func TestPages(t *testing.T) {
	for body, want := range map[string]int{
		`{"ClientLinks":null}`: 0, `{"ClientLinks":[]}`: 0, `{}`: 0,
		`{"ClientLinks":[{}],"More":1}`: 1,
		`{"clientLinks":[]}`:            -1, `{"Message":"hello"}`: -1, `{"ClientLinks":{}}`: -1, `{"ClientLinks":"x"}`: -1,
	} {
		o, err := parseObject([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		links, err := decodeLinks(o)
		if (err != nil) != (want < 0) || err == nil && len(links) != want {
			t.Errorf("%s: %v, %v", body, links, err)
		}
	}
}

func TestDates(t *testing.T) {
	noon := time.Date(2026, 5, 6, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Time{
		"2026-05-06T12:00:00":           noon,
		"2026-05-06T12:00:00Z":          noon,
		"2026-05-06T12:00:00.24Z":       noon.Add(240 * time.Millisecond),
		"2026-05-06T12:00:00.123456789": noon.Add(123456789),
		"2026-05-06T12:00:00.1234567Z":  noon.Add(123456700),
		"2026-05-06T14:00:00+02:00":     noon,
		"2026-05-06T14:00:00.0+0200":    noon,
		"2026-05-06T03:30:00-08:30":     noon,
		"0001-01-01T00:00:00":           {},
		"0001-01-01T00:00:00Z":          {},
		"0001-01-01T00:00:00+01:00":     {},
		"0001-01-01T00:00:00.0-08:00":   {},
		"9999-12-31T23:59:59.9999999":   time.Date(9999, 12, 31, 23, 59, 59, 999999900, time.UTC),
	} {
		got, err := parseDate(text)
		if err != nil || !got.Equal(want) || got.Location() != time.UTC {
			t.Errorf("%s = %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "2026-05-06", "2026-02-30T00:00:00", "06/05/2026", "2026-05-06T12:00:00 Z", "9999-12-31T23:59:59-01:00"} {
		if got, err := parseDate(text); err == nil {
			t.Errorf("%q is taken as %v", text, got)
		}
	}
}

func TestIDs(t *testing.T) {
	for text, want := range map[string]ID{`"1"`: 1, `1`: 1, `null`: 0, `0`: 0, `"0"`: 0, `""`: 0, `9223372036854775807`: 1<<63 - 1, `"9223372036854775807"`: 1<<63 - 1} {
		var got ID
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s = %d, %v", text, got, err)
		}
	}
	for _, text := range []string{`"00"`, `-0`, `"-0"`, `0.0`, `0x0`, `"null"`, `-1`, `"+1"`, `1.0`, `"1.5"`, `1e3`, `"1_0"`, `"0x1"`, `9223372036854775808`, `" 1"`, `[]`, `true`} {
		var got ID
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s is taken as %d", text, got)
		}
	}
	out, _ := json.Marshal([]ID{0, 5})
	if string(out) != `[null,"5"]` {
		t.Errorf("%s", out)
	}
}

func FuzzLink(f *testing.F) {
	f.Add([]byte(searched))
	f.Add([]byte(`{}`))
	f.Add([]byte(`{"Status":1.50}`))
	f.Add([]byte(` {"StartDate" : "2026-01-01T00:00:00Z" , "a":[1 , 2]}`))
	f.Add([]byte(`{"Status":"x","Status":"y","StartDate":"2026-01-02T00:00:00.5","StartDate":null}`))
	f.Add([]byte(`{"LastModifiedDateTime":"2026-01-02T00:00:00","\u0053tatus":"x"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var l ClientLink
		if json.Unmarshal(data, &l) != nil {
			return
		}
		out, err := l.WithStatus(LinkDeclined).MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		checkEcho(t, l.raw, out)
		var again ClientLink
		if err := json.Unmarshal(out, &again); err != nil || again.Status != LinkDeclined {
			t.Fatalf("%s does not decode: %v", out, err)
		}
		if d := again.StartDate.Sub(l.StartDate); d > 0 || d <= -time.Second {
			t.Errorf("StartDate %v became %v", l.StartDate, again.StartDate)
		}
	})
}

// checkEcho compares an object with what was made of it to decline the link:
// every member in its place and as it was, but for Status and StartDate.
func checkEcho(t *testing.T, raw, out []byte) {
	t.Helper()
	before, after := members(raw), members(out)
	if !json.Valid(out) || len(after) < len(before) || len(after) > len(before)+1 {
		t.Fatalf("%s became %s", raw, out)
	}
	for i, m := range after {
		now := out[m.start:m.end]
		switch {
		case m.name == "Status":
			if string(now) != `"LinkDeclined"` {
				t.Errorf("Status is %s", now)
			}
		case i >= len(before) || before[i].name != m.name:
			t.Errorf("member %d of %s became %q", i, raw, m.name)
		case m.name == "StartDate":
			if string(now) != string(naive(raw[before[i].start:before[i].end])) {
				t.Errorf("StartDate is %s", now)
			}
		case !bytes.Equal(now, raw[before[i].start:before[i].end]):
			t.Errorf("%s became %s", m.name, now)
		}
	}
}
