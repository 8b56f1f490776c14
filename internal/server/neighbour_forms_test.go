package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"arshjul/domain"
	"arshjul/domain/wheels"
	"arshjul/internal/server"
	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/store"
	"arshjul/internal/wheelfile"
)

// namesNobody are the addresses of forms in which nothing of another municipality's can be named: they are about who asks, or
// about the municipality that the server is of. A new form is written here, or into the table, by somebody who has thought.
var namesNobody = []string{
	"POST /logga-in", "POST /logga-ut", "POST /besok", "POST /tillganglighet", "POST /mina-inloggningar/nyckel", "POST /utskick/val", "POST /utskick/slapp",
	"POST /starta/bestall", "POST /starta/bekrafta", // orders are numbered in each municipality by itself
	"POST /api/v1/files", "POST /api/v1/cycles", "POST /api/v1/launch-check", "POST /api/v1/orders", "POST /api/v1/orders/{n}/confirm", "POST /api/v1/exercises",
	"POST /api/v1/mail/choice", "POST /api/v1/mail/hold", "POST /api/v1/mail/release", "POST /api/v1/mail/bounces", // whose report names a mail by its Message-ID alone
	"POST /api/v1/keys", "POST /api/v1/device",
}

// Two municipalities in one database: whatever form of ours names something of the neighbour's, whoever of us sends it, it is
// refused; nothing of theirs is told, and everything of theirs is as it was.
func TestNoFormReachesTheNeighbour(t *testing.T) {
	t.Parallel()
	const theirs, people, secret = "1276", "p-andra-grannen", "Bara för andra grannen"
	d := servertest.Shared(t)
	boss := neighbourAt(t, d, theirs, people)
	wheel, err := wheelfile.Read("granne.yaml", []byte(strings.ReplaceAll(string(wheels.First), `kommun: "1283"`, `kommun: "`+theirs+`"`)))
	ok(t, err)
	beside := d.Another(t, func(c *server.Config) { c.Kommun, c.Wheel = theirs, wheel }).Handler()
	ask := func(h http.Handler, path, kind, body string, person domain.PersonID) *httptest.ResponseRecorder {
		method := http.MethodPost
		if kind == "" {
			method = http.MethodGet
		}
		r := httptest.NewRequest(method, path, strings.NewReader(body))
		r.Host = "127.0.0.1"
		r.Header.Set("X-Arshjul-Person", string(person))
		r.Header.Set("Content-Type", kind)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	home := func(path, body string, into any) {
		t.Helper()
		kind := "application/json"
		if body == "" {
			kind = ""
		}
		w := ask(beside, path, kind, body, boss)
		if w.Code != http.StatusOK {
			t.Fatalf("the neighbour at home, %s: %d %s", path, w.Code, w.Body)
		}
		if into != nil {
			ok(t, json.Unmarshal(w.Body.Bytes(), into))
		}
	}

	// What the neighbour has.
	home("/api/v1/exercises", `{"id": "granne", "year": 2028}`, nil)
	exercise := domain.ExerciseStream(theirs, 2028, 1)
	home("/api/v1/"+exercise+"/commands", `{"id": "granne-1", "kind": "comment", "step": "planeringsanvisningar/KS", "text": "`+secret+` (påhittat)"}`, nil)
	said, err := d.Store.Entries(t.Context(), exercise, 1, 1000)
	ok(t, err)
	text := said[len(said)-1].Event.Text
	var device api.Device
	home("/api/v1/device", `{"label": "grannens program"}`, &device)
	var key api.Key
	home("/api/v1/keys", `{"label": "grannens nyckel", "days": 7}`, &key)
	at := domain.InstantOf(time.Now())
	report, err := d.Store.AddFaultReport(t.Context(), theirs, store.FaultReport{At: at, Says: secret})
	ok(t, err)
	proposed := store.Proposal{Person: people + "-ny", Name: secret, Role: "processledare", Unit: "SOF", Made: at}
	ok(t, d.Store.Propose(t.Context(), theirs, []store.Proposal{proposed}))
	ok(t, d.Store.AddFeed(t.Context(), theirs, store.SecretHash{1}, store.Feed{ID: "grannens-kalender", Person: servertest.Registrar, Kind: store.FeedUnit, Target: "SOF", Made: at}))
	db, err := pgx.Connect(t.Context(), d.DatabaseURL)
	ok(t, err)
	defer func() { ok(t, db.Close(t.Context())) }()
	_, err = db.Exec(t.Context(), `insert into mail (id, kommun, person, exercise, urgent, day, state, words, made_at, next_at)
		values ('grannens-mejl', $1, $2, '', false, '2026-11-02', 'failed', $3, now(), now())`, theirs, servertest.Registrar, secret)
	ok(t, err)
	all := func() string { // everything of theirs that a form could change
		t.Helper()
		var was strings.Builder
		for _, path := range []string{"/api/v1/journal?limit=1000", "/api/v1/journal?limit=1000&log=" + exercise, "/api/v1/mail/addresses"} {
			fmt.Fprintln(&was, ask(beside, path, "", "", boss).Body)
		}
		for _, sql := range []string{
			"select count(*) || ' ' || max(settled_by) from fault_report where kommun = $1", "select count(*) || ' ' || max(settled) || max(name) from proposal where kommun = $1",
			"select count(*) || ' ' || count(ended_at) from feed where kommun = $1", "select count(*) || ' ' || count(ended_at) from session where kommun = $1",
			"select count(*) || ' ' || max(person) from device_try where kommun = $1", "select max(state) || max(words) from mail where kommun = $1 and id = 'grannens-mejl'",
			"select count(*) || ' ' || count(body) from text where split_part(stream, '/', 2) = $1"} {
			var row string
			ok(t, db.QueryRow(t.Context(), sql, theirs).Scan(&row))
			fmt.Fprintln(&was, row)
		}
		return was.String()
	}
	before := all()
	if strings.Count(before, secret) < 2 {
		t.Fatalf("what the neighbour has cannot be seen here:\n%s", before)
	}

	row := func(more ...string) url.Values { // a form that is of their exercise
		v := url.Values{"cykel": {exercise}, "id": {"granne-form"}}
		for i := 0; i < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return v
	}
	fact := row("kind", "note-deficit", "ar", "2026", "belopp", "1 mnkr", "dnr", "KS 1 (påhittat)", "steg", "arsredovisning/KS")
	absent := row("roll", "1", "person", string(writer), "fran", "2027-01-01", "till", "2027-02-01")
	roles := row("person", string(writer), "till", string(director), "fran", "2027-01-01", "roll", "1")
	meeting := row("kind", "add-meeting", "enhet", "KS", "dag", "2027-03-03", "skal", "prov")
	erase := url.Values{"kind": {"erase"}, "id": {"granne-form"}, "poster": {fmt.Sprintf("%s#%d", exercise, said[len(said)-1].Event.Seq)}, "dnr": {"KS 1 (påhittat)"}, "dag": {"2026-11-02"}}
	epoch := row("kind", "declare-epoch", "namn", domain.Origin(domain.LogOf(exercise), 1), "poster", "1", "summa", strings.Repeat("A", 43)+"=", "fran", "1", "skal", "prov")
	decision := row("mote", "KF-2027-06-16", "a.steg", exercise+" kf-mal-och-ekonomi/KF", "a.utfall", "bifall", "a.paragraf", "1")
	type form struct {
		route, path string // path "" = the route's own
		fields      url.Values
		parts       bool // sent as forms with files are
		body        string
	}
	forms := []form{
		{route: "POST /enhet/{unit}/granska", path: "/enhet/SLF/granska", fields: absent, parts: true},
		{route: "POST /enhet/{unit}/ersattare", path: "/enhet/SLF/ersattare", fields: absent, parts: true},
		{route: "POST /ledning/register/granska", fields: fact, parts: true},
		{route: "POST /ledning/register", fields: fact, parts: true},
		{route: "POST /ledning/roller/granska", fields: roles, parts: true},
		{route: "POST /ledning/roller", fields: roles, parts: true},
		{route: "POST /ledning/sammantraden/granska", fields: meeting, parts: true},
		{route: "POST /ledning/sammantraden", fields: meeting, parts: true},
		{route: "POST /ledning/gallring/granska", fields: erase, parts: true},
		{route: "POST /ledning/gallring", fields: erase, parts: true},
		{route: "POST /ledning/epok/granska", fields: epoch, parts: true},
		{route: "POST /ledning/epok", fields: epoch, parts: true},
		{route: "POST /beslut/granska", fields: decision, parts: true},
		{route: "POST /beslut/registrera", fields: decision, parts: true},
		{route: "POST /beslut/registrera", fields: url.Values{"mote": {"KF-2027-06-16"}, "id": {"x"}, "a.steg": {exercise + " kf-mal-och-ekonomi/KF"}, "a.utfall": {"bifall"}}, parts: true},
		{route: "POST /revision/iakttagelse", fields: url.Values{"id": {"x"}, "kind": {"observe"}, "hos": {exercise}, "text": {"x"}, "iakttagelse.step": {string(directives)}}, parts: true},
		{route: "POST /revision/iakttagelse", fields: url.Values{"id": {"x"}, "kind": {"observe"}, "hos": {domain.RegistryStream(theirs)}, "text": {"x"}}, parts: true},
		{route: "POST /felanmalningar/{id}/klar", path: "/felanmalningar/" + strconv.FormatInt(report, 10) + "/klar"},
		{route: "POST /forslag", fields: url.Values{"person": {string(proposed.Person)}, "roll": {"processledare"}, "enhet": {"SOF"}, "svar": {"nej"}}},
		{route: "POST /kalendrar", fields: url.Values{"vad": {"cycle " + exercise}}},
		{route: "POST /kalendrar/avsluta", fields: url.Values{"id": {"grannens-kalender"}}},
		{route: "POST /mina-inloggningar/avsluta", fields: url.Values{"id": {key.ID}}},
		{route: "POST /inloggningar/avsluta", fields: url.Values{"id": {key.ID}}},
		{route: "POST /slapp-in", fields: url.Values{"kod": {device.Code}}},
		{route: "POST /utskick/adress", fields: url.Values{"person": {string(boss)}, "adress": {"x@exempel.invalid"}}},
		{route: "POST /utskick/igen", fields: url.Values{"id": {"grannens-mejl"}}},
		{route: "POST /api/v1/mail/log/{id}/again", path: "/api/v1/mail/log/grannens-mejl/again", body: `{}`},
		{route: "POST /api/v1/mail/addresses", body: fmt.Sprintf(`{"person": %q, "address": "x@exempel.invalid"}`, boss)},
		{route: "POST /api/v1/sessions/{id}/end", path: "/api/v1/sessions/" + key.ID + "/end", body: `{}`},
		{route: "POST /api/v1/logins/{id}/end", path: "/api/v1/logins/" + key.ID + "/end", body: `{}`},
		{route: "POST /api/v1/device/key", body: fmt.Sprintf(`{"secret": %q}`, device.Secret)},
		// A text of theirs, erased by a decision of ours.
		{route: "POST /api/v1/registry/{kommun}/commands", path: "/api/v1/" + registry + "/commands",
			body: fmt.Sprintf(`{"id": "granne-gallra", "kind": "erase", "erasure": {"texts": [%q], "dnr": "KS 1 (påhittat)", "paragraph": "1", "date": "2026-11-02"}}`, text)},
	}
	for _, route := range d.Server.Routes() {
		if _, path := address(route.Pattern, exercise); strings.HasPrefix(route.Pattern, "POST ") && strings.Contains(route.Pattern, "{kommun}") {
			if strings.HasPrefix(path, "/api/") {
				forms = append(forms, form{route: route.Pattern, path: path, body: `{"id": "granne-form", "kind": "comment", "step": "planeringsanvisningar/KS", "text": "x"}`})
			} else {
				for _, kind := range []domain.CommandKind{domain.CmdComment, domain.CmdCancel} {
					forms = append(forms, form{route: route.Pattern, path: path, parts: true, fields: url.Values{"id": {"granne-form"}, "kind": {string(kind)}, "step": {string(directives)}, "text": {"skäl"}}})
				}
			}
		}
	}
	for _, route := range d.Server.Routes() {
		if strings.HasPrefix(route.Pattern, "POST ") && !slices.Contains(namesNobody, route.Pattern) && !slices.ContainsFunc(forms, func(f form) bool { return f.route == route.Pattern }) {
			t.Errorf("%s: what of the neighbour's can be named in it?", route.Pattern)
		}
	}

	h := d.Server.Handler()
	for _, f := range forms {
		kind, body := "application/json", f.body
		switch {
		case f.parts:
			kind, body = inParts(t, f.fields)
		case body == "":
			kind, body = "application/x-www-form-urlencoded", f.fields.Encode()
		}
		path := f.path
		if path == "" {
			path = strings.TrimPrefix(f.route, "POST ")
		}
		for _, person := range []domain.PersonID{servertest.Launcher, servertest.Registrar, writer} {
			w := ask(h, path, kind, body, person)
			if w.Code < 400 {
				t.Errorf("%s %v as %s is answered: %d %s", path, f.fields, person, w.Code, w.Header().Get("Location"))
			}
			told := w.Body.String()
			for _, sent := range f.fields {
				told = strings.ReplaceAll(told, sent[0], "")
			}
			if told = strings.ReplaceAll(told, string(boss), ""); strings.Contains(told, secret) || strings.Contains(told, people) {
				t.Errorf("%s as %s tells of the neighbour's: %s", path, person, told)
			}
		}
	}
	if after := all(); after != before {
		t.Errorf("the neighbour had\n%s\nand has\n%s", before, after)
	}
	t.Logf("%d forms", len(forms))
}

// inParts encodes a form as browsers do one with files.
func inParts(t *testing.T, v url.Values) (kind, body string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range v {
		for _, value := range values {
			ok(t, w.WriteField(name, value))
		}
	}
	ok(t, w.Close())
	return w.FormDataContentType(), b.String()
}
