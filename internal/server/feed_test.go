package server_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	ics "github.com/arran4/golang-ical"
	"golang.org/x/net/html"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
)

// makeFeed makes a calendar on the page and gives its address.
func makeFeed(t *testing.T, b *browser, what string) string {
	t.Helper()
	answer, err := b.client.PostForm(b.url+"/kalendrar", url.Values{"vad": {what}})
	ok(t, err)
	doc := b.page(answer, http.StatusOK)
	field := find(doc, "input", func(n *html.Node) bool { return attr(n, "type") == "url" })
	if field == nil || !strings.HasPrefix(attr(field, "value"), b.url+"/kalender/") {
		t.Fatalf("no address: %s", content(doc))
	}
	return attr(field, "value")
}

// readFeed reads a calendar as a calendar program does: without logging in, and checking what the standard wants.
func readFeed(t *testing.T, address string) (events map[string]*ics.VEvent, tag string) {
	t.Helper()
	answer, err := http.DefaultTransport.RoundTrip(request(t, address, ""))
	ok(t, err)
	text, err := io.ReadAll(answer.Body)
	ok(t, err)
	ok(t, answer.Body.Close())
	if answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Type") != "text/calendar; charset=utf-8" {
		t.Fatalf("the calendar: %d %s", answer.StatusCode, text)
	}
	for line := range strings.SplitSeq(string(text), "\r\n") {
		if len(line) > 75 || strings.Contains(line, "\n") {
			t.Errorf("a line of %d bytes, or a bare line feed: %q", len(line), line)
		}
	}
	cal, err := ics.ParseCalendar(strings.NewReader(string(text)))
	ok(t, err)
	events = map[string]*ics.VEvent{}
	for _, e := range cal.Events() {
		for _, must := range []ics.ComponentProperty{ics.ComponentPropertyDtStart, ics.ComponentPropertyDtEnd, ics.ComponentPropertyDtstamp, ics.ComponentPropertySequence, ics.ComponentPropertySummary} {
			if e.GetProperty(must) == nil {
				t.Errorf("%s has no %s", e.Id(), must)
			}
		}
		if events[e.Id()] != nil {
			t.Errorf("%s stands twice", e.Id())
		}
		events[e.Id()] = e
	}
	return events, answer.Header.Get("ETag")
}

func request(t *testing.T, address, tag string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	ok(t, err)
	if tag != "" {
		r.Header.Set("If-None-Match", tag)
	}
	return r
}

func value(e *ics.VEvent, p ics.ComponentProperty) string {
	if e == nil || e.GetProperty(p) == nil {
		return ""
	}
	return e.GetProperty(p).Value
}

// A cycle's calendar has every step's last day under a name that stays; what changes gets the next number, and only that.
func TestACyclesCalendar(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := d.Exercise(t, 2028)
	b := browse(t, d, writer)
	address := makeFeed(t, b, "cykel "+stream)
	first, tag := readFeed(t, address)
	var cycle api.Cycle
	ok(t, d.As(writer).Get(t.Context(), "/"+stream, &cycle))
	for _, row := range cycle.Rows {
		e := first[stream+"/"+string(row.Step)+"@arshjul"]
		if row.Plan == "" {
			continue
		}
		if got, want := value(e, ics.ComponentPropertyDtStart), strings.ReplaceAll(string(row.Plan), "-", ""); got != want || value(e, ics.ComponentPropertySequence) != "0" ||
			!strings.HasPrefix(value(e, ics.ComponentPropertySummary), "ÖVNING. Senast: ") {
			t.Errorf("%s is on %q, want %q: %+v", row.Step, got, want, e)
		}
	}
	again, err := http.DefaultTransport.RoundTrip(request(t, address, tag))
	ok(t, err)
	ok(t, again.Body.Close())
	if again.StatusCode != http.StatusNotModified {
		t.Errorf("nothing has changed, and the answer is %d", again.StatusCode)
	}

	uid := stream + "/" + string(directives) + "@arshjul"
	day, err := domain.ParseDate(dashed(value(first[uid], ics.ComponentPropertyDtStart)))
	ok(t, err)
	later := day.Add(2)
	give(t, d.As(director), stream, api.Command{ID: t.Name(), Kind: domain.CmdExtend, Step: directives, Date: later, Text: "Mer tid (påhittat)"})
	second, _ := readFeed(t, address)
	for id, e := range second {
		want := "0"
		if id == uid {
			want = "1"
		}
		if value(e, ics.ComponentPropertySequence) != want {
			t.Errorf("%s has the number %s, want %s", id, value(e, ics.ComponentPropertySequence), want)
		}
		if id != uid && value(e, ics.ComponentPropertyDtstamp) != value(first[id], ics.ComponentPropertyDtstamp) {
			t.Errorf("%s was stamped again", id)
		}
	}
	if got := value(second[uid], ics.ComponentPropertyDtStart); got != strings.ReplaceAll(string(later), "-", "") || len(second) != len(first) {
		t.Errorf("moved to %s, and shown on %s; %d lines, then %d", later, got, len(first), len(second))
	}
	// Another calendar of the same cycle tells of the same things by the same names and numbers.
	other, _ := readFeed(t, makeFeed(t, browse(t, d, director), "cykel "+stream))
	if len(other) != len(second) || value(other[uid], ics.ComponentPropertySequence) != "1" {
		t.Errorf("another's has %d lines, number %s", len(other), value(other[uid], ics.ComponentPropertySequence))
	}
}

func dashed(day string) string {
	if len(day) != 8 {
		return day
	}
	return day[:4] + "-" + day[4:6] + "-" + day[6:]
}

// A person's calendar has what the person has a part in, a unit's what is the unit's; a cancelled meeting is told as such;
// an address that was taken back, or whose owner has no role any more, opens nothing.
func TestAPersonsAndAUnitsCalendar(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	stream := realCycle(t, d)
	registry := domain.RegistryStream(servertest.Kommun)
	registrar := d.As(servertest.Registrar)
	const person = "p-kalender"
	bind := give(t, registrar, registry, api.Command{ID: t.Name() + "bind", Kind: domain.CmdBind,
		Binding: &api.Binding{Person: person, Name: "Kalenderläsare (påhittad)", Role: "processledare", Unit: "SOF", From: "2026-01-01"}})
	meeting := domain.Meeting{ID: "SN-2027-10-06", Unit: "SN", Date: "2027-10-06", Status: domain.MeetingConfirmed}
	give(t, registrar, registry, api.Command{ID: t.Name() + "add", Kind: domain.CmdAddMeeting, NewMeeting: &meeting})

	b := browse(t, d, person)
	own, unit := makeFeed(t, b, "person"), makeFeed(t, b, "enhet SN")
	var mine map[string]*ics.VEvent
	untilIt(t, "the cycle has heard of the role", func() bool {
		mine, _ = readFeed(t, own)
		return len(mine) > 0
	})
	if value(mine[stream+"/"+string(proposal)+"@arshjul"], ics.ComponentPropertyDtStart) == "" || mine[stream+"/namndens-forslag/KN@arshjul"] != nil {
		t.Errorf("the person's has %d lines, among them not what it should", len(mine))
	}
	uid := registry + "/" + string(meeting.ID) + "@arshjul"
	units, _ := readFeed(t, unit)
	if value(units[uid], ics.ComponentPropertyStatus) != "CONFIRMED" || value(units[stream+"/"+string(proposal)+"@arshjul"], ics.ComponentPropertySummary) == "" {
		t.Errorf("the unit's: %+v", units[uid])
	}
	for id, e := range units {
		if strings.Contains(value(e, ics.ComponentPropertySummary)+value(e, ics.ComponentPropertyDescription), "Kalenderläsare") {
			t.Errorf("%s names a person", id)
		}
	}
	give(t, registrar, registry, api.Command{ID: t.Name() + "cancel", Kind: domain.CmdCancelMeeting, NewMeeting: &domain.Meeting{ID: meeting.ID}, Text: "Inställt (påhittat)"})
	units, _ = readFeed(t, unit)
	if value(units[uid], ics.ComponentPropertyStatus) != "CANCELLED" || value(units[uid], ics.ComponentPropertySequence) != "1" {
		t.Errorf("cancelled: %+v", units[uid])
	}

	gone := func(what, address string) {
		t.Helper()
		answer, err := http.DefaultTransport.RoundTrip(request(t, address, ""))
		ok(t, err)
		ok(t, answer.Body.Close())
		if answer.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", what, answer.StatusCode)
		}
	}
	gone("a guess", d.URL+"/kalender/gissning.ics")
	list := b.open("/kalendrar", http.StatusOK)
	row := find(list, "tr", func(n *html.Node) bool {
		return find(n, "form", nil) != nil && strings.Contains(content(n), "Socialnämnden")
	})
	id := attr(find(row, "input", func(n *html.Node) bool { return attr(n, "name") == "id" }), "value")
	stranger := browse(t, d, director)
	answer, err := stranger.client.PostForm(d.URL+"/kalendrar/avsluta", url.Values{"id": {id}})
	ok(t, err)
	stranger.page(answer, http.StatusNotFound)
	readFeed(t, unit)
	answer, err = b.client.PostForm(d.URL+"/kalendrar/avsluta", url.Values{"id": {id}})
	ok(t, err)
	b.page(answer, http.StatusOK)
	gone("taken back", unit)
	readFeed(t, own)
	entries, err := d.Store.Entries(t.Context(), registry, bind.First, 1)
	ok(t, err)
	give(t, registrar, registry, api.Command{ID: t.Name() + "unbind", Kind: domain.CmdUnbind, Binding: &api.Binding{Number: entries[0].Event.Binding.Number, To: "2026-01-02"}})
	gone("whose owner has no role", own)
}
