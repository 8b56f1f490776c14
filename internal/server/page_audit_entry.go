package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"arshjul/domain"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// entryBody is what the page of one entry shows.
type entryBody struct {
	auditRow
	Day, Log   string
	Kind       domain.EventKind
	Binding    uint64
	Conditions []gateRow
	Changes    []changeRow
	Leaf       string
	LeafHash   string
	Size       uint64
	Path       []pathRow
	Computed   string
	Root       string
	Note       string // the signed checkpoint; "" = none covers the entry yet
	SignedAt   domain.Instant
	Receipt    string // where its receipt is fetched
	Unsigned   bool
	Right      bool
	Workflow   string
	Ask        string // asks Temporal for the run and the event
	Carrier    *temporalx.Carrier
	CarrierURL string
	NoCarrier  string
}

// changeRow is something that was one thing before an entry and another after it.
type changeRow struct{ What, Before, After string }

// pathRow is one step of the way from the leaf to the root.
type pathRow struct {
	Level       int
	Side        string // where the other hash stands
	Other, Sum  string
	Left, Right string
}

func (s *Server) entryPage(r *http.Request, p *page) (string, error) {
	name := r.URL.Query().Get("stream")
	seq, err := number(r, "nr", 0)
	if err != nil {
		return "", err
	}
	entry, err := s.Store.Entry(r.Context(), name, seq)
	if errors.Is(err, store.ErrNoEntry) {
		return "", domain.Refuse(domain.CodeEntryUnknown, "Det finns ingen post %d i %s. Kontrollera numret.", seq, name)
	}
	if err != nil {
		return "", err
	}
	who, err := s.names(r.Context(), sourceOf(entry.Log, s.Kommun))
	if err != nil {
		return "", err
	}
	texts, err := s.Store.Texts(r.Context(), textRefs([]store.Entry{entry})...)
	if err != nil {
		return "", err
	}
	p.PersonName = who.Name(p.Person)
	e := &entry.Event
	body := &entryBody{Log: entry.Log, Kind: e.Kind, Leaf: string(entry.Leaf), Day: longDay(e.At.Date(), ""), Workflow: name}
	err = s.inTheirWords(r.Context(), []store.Entry{entry}, func(st *domain.State, _ int) {
		body.auditRow = auditOf(st, &entry, texts, who)
		if e.Evidence != nil {
			body.Binding = e.Evidence.Binding
			for _, c := range e.Evidence.Conditions {
				body.Conditions = append(body.Conditions, gateRow{st.StepTitle(c.Step), entryPath(name, c.Seq), lookDone.Class, fmt.Sprintf("%s, post %d", c.At.Swedish(), c.Seq)})
			}
		}
	})
	if err != nil {
		return "", err
	}
	if !domain.Stateless(name) {
		if body.Changes, err = s.changesOf(r.Context(), e, who); err != nil {
			return "", err
		}
	}
	if err := s.prove(r.Context(), body, &entry); err != nil {
		return "", err
	}
	if !domain.Stateless(name) {
		s.carrierOf(r, body, e)
	}
	p.Title, p.Menu, p.Exercise, p.Body = fmt.Sprintf("Post %d i %s", seq, name), "revision", sourceOf(entry.Log, s.Kommun) == entry.Log, body
	return "post", nil
}

// changesOf tells what an entry changed, by looking at its stream before and after it.
func (s *Server) changesOf(ctx context.Context, e *domain.Event, who names) ([]changeRow, error) {
	var before, after []changeRow // What and Before alone
	if e.Seq > 1 {
		err := s.Store.Past(ctx, e.Stream, e.Seq-1, func(st *domain.State, _ store.Cycle) error { before = factsOf(st, e, who); return nil })
		if err != nil {
			return nil, err
		}
	}
	err := s.Store.Past(ctx, e.Stream, e.Seq, func(st *domain.State, _ store.Cycle) error { after = factsOf(st, e, who); return nil })
	if err != nil {
		return nil, err
	}
	var changes []changeRow
	for _, a := range after {
		was := ""
		if i := slices.IndexFunc(before, func(b changeRow) bool { return b.What == a.What }); i >= 0 {
			was = before[i].Before
		}
		if was != a.Before {
			changes = append(changes, changeRow{a.What, was, a.Before})
		}
	}
	return changes, nil
}

// factsOf are the facts that an entry could have changed, as they stand in a state.
func factsOf(st *domain.State, e *domain.Event, who names) (facts []changeRow) {
	say := func(what, value string) { facts = append(facts, changeRow{What: what, Before: value}) }
	day := func(d domain.Date) string {
		if d == "" {
			return ""
		}
		return d.Swedish()
	}
	if st.Registry == nil {
		return nil
	}
	switch {
	case e.Observation != nil:
		if o := st.Registry.Observation(e.Observation.Number); o != nil {
			say("Läge", o.Status.Swedish())
			say("Svar senast", day(o.Due))
			say("Åtgärder kvar", fmt.Sprint(o.Undone()))
		}
		return facts
	case e.Binding != nil:
		if b := bindingNumbered(st.Registry, e.Binding.Number); b != nil {
			say("Person", who.Name(b.Person))
			say("Roll", string(b.Role)+", "+unitName(st, b.Unit))
			say("Första dag", day(b.From))
			say("Sista dag", day(b.To))
		}
	case e.NewMeeting != nil:
		if m := st.Registry.Meeting(e.NewMeeting.ID); m != nil {
			say("Sammanträdets dag", day(m.Date))
			say("Läge", m.Status.Swedish())
		}
	case e.Unit != nil:
		if u := st.Registry.Unit(e.Unit.ID); u != nil {
			say("Namn", u.Name)
			say("Första dag", day(u.From))
			say("Sista dag", day(u.To))
		}
	}
	if st.Cycle == nil || st.Cycle.Step(e.Step) == nil {
		return facts
	}
	row := st.Cycle.Step(e.Step)
	say("Läge", row.Status.Swedish())
	say("Omgång", fmt.Sprint(max(row.Round, 1)))
	say("Senast", day(row.Plan))
	say("Lagens gräns", day(row.Legal))
	if m := st.Registry.Meeting(row.Held); m != nil {
		say("Sammanträde", unitName(st, m.Unit)+" "+day(m.Date))
	}
	if row.Late {
		say("Försenat", "ja")
	} else {
		say("Försenat", "nej")
	}
	if v := row.Submission; v != nil {
		say("Version som gäller", fmt.Sprintf("%d, sha256 %s", v.No, shortHash(v.Hash)))
	}
	if d := row.Decision; d != nil {
		say("Beslut", fmt.Sprintf("%s, § %s, %s", d.Outcome.Swedish(), d.Paragraph, day(d.Date)))
	}
	return facts
}

// prove shows that the entry is in the log: the way from its bytes to the root, worked out here hash by hash, under the newest
// signed checkpoint that covers it, or under the log as it is now when none does.
func (s *Server) prove(ctx context.Context, b *entryBody, e *store.Entry) error {
	c, err := s.Store.LastCheckpoint(ctx, e.Log)
	size, err2 := s.Store.TreeSize(ctx, e.Log)
	if err2 != nil {
		return err2
	}
	var root tlog.Hash
	switch {
	case err == nil && c.Size > e.Index && c.Size <= size:
		b.Size, root, b.Note, b.SignedAt = c.Size, c.Root, string(c.Note), domain.InstantOf(c.At)
		b.Receipt = proofPath(e.Log, e.Index)
	case err != nil && !errors.Is(err, store.ErrNoCheckpoint):
		return err
	default:
		b.Unsigned, b.Size = true, size
		if root, err = s.Store.TreeHash(ctx, e.Log, size); err != nil {
			return err
		}
	}
	path, err := s.Store.ProveEntry(ctx, e.Log, b.Size, e.Index)
	if err != nil {
		return err
	}
	var computed [32]byte
	b.Path, b.LeafHash, computed = climb(e.Leaf, e.Index, b.Size, path)
	b.Computed, b.Root = hex.EncodeToString(computed[:]), hex.EncodeToString(root[:])
	// Twice: here, and by the library that made the proof.
	b.Right = computed == [32]byte(root) && tlog.CheckRecord(path, int64(b.Size), root, int64(e.Index), tlog.RecordHash(e.Leaf)) == nil
	return nil
}

// climb works out the root from a leaf and the hashes beside its way up, as RFC 6962 says, and tells each step.
func climb(leaf []byte, index, size uint64, path []tlog.Hash) (rows []pathRow, first string, sum [32]byte) {
	sum = sha256.Sum256(append([]byte{0}, leaf...))
	first = hex.EncodeToString(sum[:])
	at, last := index, size-1
	for i, other := range path {
		row := pathRow{Level: i + 1, Other: hex.EncodeToString(other[:]), Side: "till höger"}
		left, right := sum, [32]byte(other)
		if at%2 == 1 || at == last {
			row.Side = "till vänster"
			left, right = other, sum
			for at%2 == 0 && at != 0 { // a lone node goes up as it is
				at, last = at/2, last/2
			}
		}
		node := append(append([]byte{1}, left[:]...), right[:]...)
		sum = sha256.Sum256(node)
		at, last = at/2, last/2
		row.Left, row.Right, row.Sum = hex.EncodeToString(left[:]), hex.EncodeToString(right[:]), hex.EncodeToString(sum[:])
		rows = append(rows, row)
	}
	return rows, first, sum
}

// askTime bounds the question to Temporal: a page is not to hang on it.
const askTime = 10 * time.Second

// carrierOf finds, when it is asked for, the run and event that carried the entry.
func (s *Server) carrierOf(r *http.Request, b *entryBody, e *domain.Event) {
	if r.URL.Query().Get("temporal") == "" {
		b.Ask = entryPath(e.Stream, e.Seq) + "&temporal=ja#temporal"
		return
	}
	ctx, cancel := context.WithTimeout(r.Context(), askTime+s.Patience)
	defer cancel()
	c, err := temporalx.CarrierOf(ctx, s.Temporal, e.Stream, e.Seq)
	switch {
	case errors.Is(err, temporalx.ErrNotCarried):
		b.NoCarrier = "Temporal har ingen historik kvar som bär posten: körningen är äldre än vad servern sparar. Journalen och bevispaketet har den ändå."
	case err != nil:
		b.NoCarrier = "Temporal svarade inte. Försök igen om en stund."
	default:
		b.Carrier = &c
		if s.TemporalUI != "" {
			b.CarrierURL = strings.TrimSuffix(s.TemporalUI, "/") + "/workflows/" + url.PathEscape(c.Workflow) + "/" + c.Run + "/history"
		}
	}
}
