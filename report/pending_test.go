package report

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"linkbatch/ingest"
	"linkbatch/internal/msads"
	"linkbatch/planner"
)

var pendingDay = time.Date(2026, time.November, 20, 16, 0, 0, 0, time.UTC)

// waiting is an invitation of so long ago; zero has no date.
func waiting(l msads.ClientLink, age time.Duration) planner.Invitation {
	l.Status, l.ManagingCustomerID = msads.LinkPending, 9100001
	l.ManagingCustomerNumber, l.ManagingCustomerName = "F100000001", "Harbour Lane Agency"
	i := planner.Invitation{Link: l}
	if age != 0 {
		i.Invited = pendingDay.Add(-age)
		i.Expires = i.Invited.AddDate(0, 0, 30)
	}
	return i
}

func accountLink(id msads.ID, number, name, owner string) msads.ClientLink {
	return msads.ClientLink{
		Type: msads.AccountLink, ClientEntityID: id, ClientEntityNumber: number, ClientEntityName: name,
		ClientEntityCustomerNumber: owner, IsBillToClient: new(true),
	}
}

// samplePending holds one of every kind: the order is that of a list.
func samplePending() *Pending {
	north := accountLink(1000001, "X0000001", "Juniper North", "F200000001")
	south := accountLink(1000002, "X0000002", "Juniper South", "f200000001")
	south.IsBillToClient, south.StartDate = new(false), pendingDay.AddDate(0, 2, 0)
	manager := msads.ClientLink{Type: msads.CustomerLink, ClientEntityID: 9300001, ClientEntityNumber: "F300000001", ClientEntityName: "Quarry Street Media", CustomerLinkPermission: "Standard"}
	silent := accountLink(1000006, "", "", "")
	silent.IsBillToClient = nil
	hostile := accountLink(1000005, "X0000005", "=Cmd|'/C calc'!A0\r\n\x1b[31mKäse \u202e& Co\u2066\u200b, \"Möbel\"", "")
	hostile.StartDate = pendingDay.AddDate(0, 0, -3)
	return &Pending{
		Endpoint: "https://example.test", ManagingCustomerID: "9100001", AsOf: pendingDay, SignIn: "https://ads.microsoft.com",
		Waiting: []planner.Invitation{
			waiting(accountLink(1000004, "X0000004", "Zinc Works", ""), 31*day),
			waiting(north, 30*day-45*time.Minute),
			waiting(hostile, 29*day+time.Hour),
			waiting(manager, 24*day),
			waiting(south, 10*day+time.Minute),
			waiting(accountLink(1000003, "X0000003", "株式会社さくら", "F400000001"), time.Minute),
			waiting(silent, 0),
		},
	}
}

// TestPendingGolden pins every form of one list, byte for byte.
func TestPendingGolden(t *testing.T) {
	p := samplePending()
	packed := samplePending()
	packed.Files = []string{"a.txt", "b.txt", "c.txt", "d.txt", "b.txt", "e.txt", "f.txt"}
	for name, do := range map[string]func(*bytes.Buffer) error{
		"pending.txt":        func(b *bytes.Buffer) error { return p.Table(b, TableOptions{}) },
		"pending-narrow.txt": func(b *bytes.Buffer) error { return packed.Table(b, TableOptions{Width: 90}) },
		"pending-color.txt":  func(b *bytes.Buffer) error { return p.Table(b, TableOptions{Color: true}) },
		"pending.csv":        func(b *bytes.Buffer) error { return p.CSV(b) },
		"pending-pack.csv":   func(b *bytes.Buffer) error { return packed.CSV(b) },
		"pending.json":       func(b *bytes.Buffer) error { return packed.JSON(b) },
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, []byte(write(t, do))) })
	}
}

// TestPendingAges: age and days left are 30 together until the end, and 0 is
// left after it; the table counts the last day in hours.
func TestPendingAges(t *testing.T) {
	for _, c := range []struct {
		age             time.Duration
		ageDays, left   int
		inTable, ageOut string
	}{
		{-time.Minute, 0, 31, "31d", "0d"}, // our clock is behind the service's
		{time.Nanosecond, 0, 30, "30d", "0d"},
		{time.Second, 0, 30, "30d", "0d"},
		{day - time.Second, 0, 30, "30d", "0d"},
		{day, 1, 29, "29d", "1d"},
		{28*day + time.Second, 28, 2, "2d", "28d"},
		{29 * day, 29, 1, "1d", "29d"},
		{29*day + time.Second, 29, 1, "23h", "29d"},
		{30*day - time.Hour, 29, 1, "1h", "29d"},
		{30*day - time.Second, 29, 1, "<1h", "29d"},
		{30 * day, 30, 0, "over", "30d"},
		{30*day + time.Second, 30, 0, "over", "30d"},
		{400 * day, 400, 0, "over", "400d"},
	} {
		p := &Pending{AsOf: pendingDay, Waiting: []planner.Invitation{waiting(accountLink(1000001, "X0000001", "A", ""), c.age)}}
		j := p.json(0)
		cells := TableOptions{}.pendingCells(p, 0)
		if *j.AgeDays != c.ageDays || *j.DaysLeft != c.left || cells[0] != c.inTable || cells[2] != c.ageOut {
			t.Errorf("%v: age %d (%s), left %d (%s); want %+v", c.age, *j.AgeDays, cells[2], *j.DaysLeft, cells[0], c)
		}
	}
	dateless := (&Pending{AsOf: pendingDay, Waiting: []planner.Invitation{waiting(accountLink(1, "", "", ""), 0)}}).json(0)
	if dateless.AgeDays != nil || dateless.DaysLeft != nil || dateless.Expires != nil {
		t.Errorf("without a date: %+v", dateless)
	}
}

// TestPendingIsARoster: the CSV reads back as the links that it lists, and no
// cell of it runs.
func TestPendingIsARoster(t *testing.T) {
	p := samplePending()
	text := write(t, func(b *bytes.Buffer) error { return p.CSV(b) })
	r, err := ingest.Open("-", strings.NewReader(text), ingest.Options{Now: func() time.Time { return pendingDay }, TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	n := 0
	for row, err := range r.Rows() {
		if err != nil || row.Invalid() {
			t.Fatalf("row %d: %v %v", row.Number, err, row.Problems)
		}
		l := &p.Waiting[n].Link
		bill := row.BillToClient == nil && l.IsBillToClient == nil || row.BillToClient != nil && l.IsBillToClient != nil && *row.BillToClient == *l.IsBillToClient
		if msads.ID(row.AccountID) != l.ClientEntityID || row.AccountNumber != l.ClientEntityNumber || row.Type != string(l.Type) || row.ClientName != strings.TrimPrefix(cellOf(&l.ClientEntityName), "'") || !bill ||
			!strings.EqualFold(row.CustomerNumber, l.ClientEntityCustomerNumber) || msads.ID(row.ManagingCustomerID) != l.ManagingCustomerID ||
			row.Permission != l.CustomerLinkPermission || row.Action != "" || !row.StartDate.Equal(p.starts(p.Waiting[n])) {
			t.Errorf("row %d: %+v\nwant %+v", row.Number, row, l)
		}
		n++
	}
	if n != len(p.Waiting) {
		t.Errorf("%d rows, want %d", n, len(p.Waiting))
	}
	for _, p := range r.Problems {
		if p.Message != `carried along, not used: "invited", "expires", "age_days", "days_left"` {
			t.Errorf("problem of the file: %v", p)
		}
	}
}

// TestPendingOfNobody: a list without invitations is a list all the same.
func TestPendingOfNobody(t *testing.T) {
	p := &Pending{ManagingCustomerID: "9100001", AsOf: pendingDay}
	if got := write(t, func(b *bytes.Buffer) error { return p.Table(b, TableOptions{Width: 80}) }); got != "customer 9100001 has no pending invitations\n" {
		t.Errorf("%q", got)
	}
	if got := write(t, func(b *bytes.Buffer) error { return p.CSV(b) }); strings.Count(got, "\n") != 1 || !strings.HasPrefix(got, "account_id,") {
		t.Errorf("%q", got)
	}
	var out struct{ Invitations []any }
	if err := json.Unmarshal([]byte(write(t, func(b *bytes.Buffer) error { return p.JSON(b) })), &out); err != nil || out.Invitations == nil || len(out.Invitations) > 0 {
		t.Errorf("%v %v", out, err)
	}
}
