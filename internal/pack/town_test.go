package pack

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"testing"

	"arshjul/domain"
	"arshjul/internal/proof"
	"arshjul/internal/wheelfile"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// town is a small municipality whose log is played in the test: registry, a cycle, another stream, all that a pack is made of.
type town struct {
	t       testing.TB
	log     []domain.Event // every stream's, in the order of the log
	streams map[string]*domain.State
	now     domain.Instant
	n       int
	texts   []Text
	files   map[domain.Digest][]byte
	order   []domain.Digest // of files
	wheel   *wheelfile.File
	// histories by stream: Temporal's events of each run.
	runs   map[string][]*playedRun
	notes  [][]byte
	epoch  int // 0 = the first
	signer note.Signer
	public string
}

type playedRun struct {
	id, from string
	events   []map[string]any
	ended    bool
}

const (
	kommun   = "9999"
	theCycle = "cycle/9999/2028"
	theTown  = "registry/9999"
)

// key is the test's own, made from a fixed seed: packs of the tests are the same every time.
func testKey(t testing.TB, name string) (note.Signer, string) {
	t.Helper()
	secret, public, err := note.GenerateKey(bytes.NewReader(bytes.Repeat([]byte(name+"................................"), 4)), name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := note.NewSigner(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s, public
}

func newTown(t testing.TB) *town {
	t.Helper()
	read := func(name string) []byte {
		b, err := os.ReadFile("testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	wheel, err := wheelfile.Read("arshjul.yaml", read("arshjul.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	organisation, err := wheelfile.ReadOrganisation("organisation.yaml", read("organisation.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w := &town{t: t, streams: map[string]*domain.State{}, files: map[domain.Digest][]byte{}, wheel: wheel, runs: map[string][]*playedRun{},
		now: domain.Date("2026-12-01").Start() + 10*3600*1000}
	w.signer, w.public = testKey(t, "prov")
	r := organisation.Registry
	for i := range r.Bindings {
		r.Bindings[i].Name = w.text("Funktion " + string(r.Bindings[i].Person) + " (påhittat)")
	}
	w.do(theTown, domain.Command{Kind: domain.CmdFound, Actor: "p-andra", Found: &r})
	return w
}

// text keeps a text and gives the commitment to it.
func (w *town) text(body string) domain.TextRef {
	salt := sha256.Sum256([]byte(body))
	ref := domain.TextRef(domain.DigestOf(append(salt[:], body...)))
	for _, t := range w.texts {
		if t.Commitment == ref {
			return ref
		}
	}
	w.texts = append(w.texts, Text{Commitment: ref, Salt: hex.EncodeToString(salt[:]), Body: body})
	return ref
}

// file keeps a file and gives the document that names it.
func (w *town) file(def, body string) []domain.Document {
	sum := domain.DigestOf([]byte(body))
	if w.files[sum] == nil {
		w.order = append(w.order, sum)
	}
	w.files[sum] = []byte(body)
	return []domain.Document{{Def: def, SHA256: sum, Size: int64(len(body))}}
}

// do gives a command, as a workflow would be given it.
func (w *town) do(stream string, c domain.Command) []domain.Event {
	w.t.Helper()
	w.n++
	w.now += 60_000
	c.ID = fmt.Sprintf("c-%d", w.n)
	s := w.state(stream)
	var events []domain.Event
	if s.Seq > 0 {
		events = w.journal(stream, domain.Tick(s, w.now))
	}
	decided, err := domain.Decide(s, c, w.now)
	if err != nil {
		w.t.Fatalf("%s %s: %v", c.Kind, c.Step, err)
	}
	w.asked(stream, c, decided)
	return append(events, w.journal(stream, decided)...)
}

// pass lets time pass to a day.
func (w *town) pass(stream string, d domain.Date) {
	w.now = d.Start() + 9*3600*1000
	w.journal(stream, domain.Tick(w.state(stream), w.now))
}

func (w *town) state(stream string) *domain.State {
	s := w.streams[stream]
	if s == nil {
		s = domain.NewState(stream)
		w.streams[stream] = s
	}
	return s
}

// journal adds events to the log and to the stream's history.
func (w *town) journal(stream string, events []domain.Event) []domain.Event {
	w.t.Helper()
	if len(events) == 0 {
		return nil
	}
	for _, e := range events {
		if err := domain.Apply(w.state(stream), e); err != nil {
			w.t.Fatal(err)
		}
	}
	w.log = append(w.log, events...)
	if !domain.Stateless(stream) {
		w.event(stream, "activityTaskScheduledEventAttributes", map[string]any{"activityType": map[string]any{"name": "journal"},
			"input": []any{map[string]any{"stream": stream, "events": events}}})
	}
	return events
}

// event adds an event to the history of the stream's current run.
func (w *town) event(stream, kind string, attributes any) {
	runs := w.runs[stream]
	r := runs[len(runs)-1]
	r.events = append(r.events, map[string]any{"eventId": fmt.Sprint(len(r.events) + 1), kind: attributes})
}

// asked writes a command and its answer to the history.
func (w *town) asked(stream string, c domain.Command, events []domain.Event) {
	if w.runs[stream] == nil {
		w.begin(stream, domain.State{Stream: stream}, &c)
		return
	}
	together := len(c.ID)%2 == 0 // with another, which was refused
	var args, success any
	other := domain.Command{ID: c.ID + "-refused", Kind: domain.CmdComment, Actor: c.Actor}
	if args = c; together {
		args = []any{other, c}
	}
	w.event(stream, "workflowExecutionUpdateAcceptedEventAttributes", map[string]any{"acceptedRequest": map[string]any{"meta": map[string]any{"updateId": c.ID},
		"input": map[string]any{"args": []any{args}}}})
	r := receipt{}
	if n := len(events); n > 0 {
		r = receipt{First: events[0].Seq, Last: events[n-1].Seq}
	}
	if success = r; together {
		success = []any{receipt{Refused: domain.CodeUnknownStep}, r}
	}
	w.event(stream, "workflowExecutionUpdateCompletedEventAttributes", map[string]any{"meta": map[string]any{"updateId": c.ID},
		"outcome": map[string]any{"success": []any{success}}})
}

func (w *town) begin(stream string, s domain.State, first *domain.Command) {
	r := &playedRun{id: fmt.Sprintf("run-%d-%s", len(w.runs[stream])+1, stream[:5])}
	if n := len(w.runs[stream]); n > 0 {
		r.from = w.runs[stream][n-1].id
	}
	w.runs[stream] = append(w.runs[stream], r)
	state, err := json.Marshal(s)
	if err != nil {
		w.t.Fatal(err)
	}
	in := map[string]any{"state": json.RawMessage(state)}
	if first != nil {
		in["first"] = first
	}
	w.event(stream, "workflowExecutionStartedEventAttributes", map[string]any{"originalExecutionRunId": r.id, "continuedExecutionRunId": r.from, "input": []any{in}})
}

// roll has the stream's workflow continue in a new run.
func (w *town) roll(stream string) {
	runs := w.runs[stream]
	last := runs[len(runs)-1]
	w.event(stream, "workflowExecutionContinuedAsNewEventAttributes", map[string]any{"newExecutionRunId": fmt.Sprintf("run-%d-%s", len(runs)+1, stream[:5])})
	last.ended = true
	w.begin(stream, *w.state(stream), nil)
}

// other writes entries of a stream that the pack is not about.
func (w *town) other(stream string) {
	s := w.state(stream)
	w.log = append(w.log, domain.Event{V: 1, Stream: stream, Seq: s.Seq + 1, At: w.now, Kind: domain.EvRefused, Actor: "p-okand",
		Refused: &domain.Refused{Stream: theCycle, Kind: "comment", Code: "role_not_held"}})
	s.Seq++
}

// sign has the log signed as it stands.
func (w *town) sign() {
	w.t.Helper()
	tree, err := grow(w.hashes())
	if err != nil {
		w.t.Fatal(err)
	}
	root, err := tree.root(tree.size)
	if err != nil {
		w.t.Fatal(err)
	}
	signed, err := proof.Sign(proof.Checkpoint{Origin: proof.Origin(kommun, max(w.epoch, 1)), Size: tree.size, Root: root}, w.signer)
	if err != nil {
		w.t.Fatal(err)
	}
	w.notes = append(w.notes, signed)
}

func (w *town) hashes() (all []tlog.Hash) {
	for i := range w.log {
		all = append(all, tlog.RecordHash(w.log[i].Encode()))
	}
	return all
}

// source is what a pack of the cycle is made from.
func (w *town) source() *Source {
	src := &Source{Stream: theCycle, Program: "prov", Hashes: w.hashes(), Checkpoints: w.notes, Keys: w.public + "\n", WheelText: string(w.wheel.Text)}
	last := uint64(0)
	for i := range w.log {
		if w.log[i].Stream == theCycle {
			last = uint64(i)
		}
	}
	texts := map[domain.TextRef]bool{}
	for i := range w.log {
		if Shows(theCycle, &w.log[i], uint64(i), last, w.state(theCycle).Done) {
			src.Entries = append(src.Entries, Entry{uint64(i), w.log[i].Encode()})
			refs, _ := Refs(&w.log[i])
			for _, ref := range refs {
				texts[ref] = true
			}
		}
	}
	for _, t := range w.texts {
		if texts[t.Commitment] {
			src.Texts = append(src.Texts, t)
		}
	}
	for _, sum := range w.order {
		src.Files = append(src.Files, File{SHA256: sum, Size: int64(len(w.files[sum])), Name: "handling.txt", MediaType: "text/plain", Open: opens(w.files[sum])})
	}
	for _, stream := range []string{theTown, theCycle} {
		for _, r := range w.runs[stream] {
			text, err := json.Marshal(map[string]any{"events": r.events})
			if err != nil {
				w.t.Fatal(err)
			}
			src.Histories = append(src.Histories, History{Stream: stream, Run: r.id, Complete: r.ended, Open: opens(text)})
		}
	}
	return src
}

func opens(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

// pack writes the pack.
func (w *town) pack() []byte {
	w.t.Helper()
	var b bytes.Buffer
	if err := Write(&b, w.source()); err != nil {
		w.t.Fatal(err)
	}
	return b.Bytes()
}

// play plays a cycle to its end: what an auditor would look at.
func play(t testing.TB) *town { return playUntil(t, 3) }

// playUntil plays until the log was signed so many times; at 3 the cycle has ended.
func playUntil(t testing.TB, signed int) *town {
	w := newTown(t)
	w.do(theTown, domain.Command{Kind: domain.CmdOrder, Actor: "p-chef", Order: &domain.Order{Year: 2028, Wheel: w.wheel.Wheel.Hash(), Dnr: "KS 1/2026 (påhittat)", Date: "2026-11-30"}})
	order := w.state(theTown).Registry.Orders[0].Number
	w.do(theTown, domain.Command{Kind: domain.CmdConfirmOrder, Actor: "p-andra", Order: &domain.Order{Number: order}})
	w.other("refusals/9999")
	w.sign()
	w.do(theCycle, domain.Command{Kind: domain.CmdLaunch, Actor: "p-chef", Launch: &domain.Launch{Kommun: kommun, Year: 2028, Order: order, Wheel: w.wheel.Wheel,
		Registry: *w.state(theTown).Registry}})
	w.pass(theCycle, "2027-02-01")
	w.do(theTown, domain.Command{Kind: domain.CmdExclude, Actor: "p-andra", Exclusion: &domain.Exclusion{Person: "p-chef", Def: "underlag", Unit: "KN", Reason: w.text("Närstående (påhittat)")}})
	w.other("refusals/9999")
	changes := w.log[len(w.log)-2 : len(w.log)-1]
	w.do(theCycle, domain.Command{Kind: domain.CmdChanges, Changes: append([]domain.Event(nil), changes...)})
	for _, step := range []struct {
		id    domain.StepID
		chief domain.PersonID
	}{{"underlag/SN", "p-chef"}, {"underlag/KN", "p-andra"}} {
		w.do(theCycle, domain.Command{Kind: domain.CmdSubmit, Actor: "p-handlaggare", Step: step.id, Documents: w.file("underlag", "Underlag för "+string(step.id)+" (påhittat)")})
		if step.id == "underlag/KN" {
			w.pass(theCycle, "2027-03-01") // it is late: time passed
		}
		w.do(theCycle, domain.Command{Kind: domain.CmdFinalise, Actor: step.chief, Step: step.id, Version: w.version(step.id)})
	}
	w.sign()
	if signed == 2 {
		return w
	}
	w.roll(theCycle)
	w.do(theCycle, domain.Command{Kind: domain.CmdSubmit, Actor: "p-handlaggare", Step: "forslag/KS", Documents: w.file("forslag", "Förslag (påhittat)")})
	w.do(theCycle, domain.Command{Kind: domain.CmdComment, Actor: "p-chef", Step: "forslag/KS", Text: w.text("Siffrorna behöver ses över (påhittat).")})
	w.do(theCycle, domain.Command{Kind: domain.CmdReady, Actor: "p-chef", Step: "forslag/KS", Version: w.version("forslag/KS")})
	w.pass(theCycle, "2027-03-16")
	w.do(theCycle, domain.Command{Kind: domain.CmdDecide, Actor: "p-sekreterare", Step: "forslag/KS", Version: w.version("forslag/KS"), Outcome: domain.OutcomeApproved, Meeting: "KS-2027-03-15", Paragraph: "14"})
	w.do(theCycle, domain.Command{Kind: domain.CmdAdjust, Actor: "p-sekreterare", Step: "forslag/KS"})
	w.do(theCycle, domain.Command{Kind: domain.CmdPost, Actor: "p-sekreterare", Step: "forslag/KS"})
	w.roll(theCycle)
	w.do(theCycle, domain.Command{Kind: domain.CmdSubmit, Actor: "p-chef", Step: "plan/SLF", Documents: w.file("plan", "Plan (påhittat)")})
	w.do(theCycle, domain.Command{Kind: domain.CmdReady, Actor: "p-andra", Step: "plan/SLF", Version: w.version("plan/SLF")})
	w.do(theCycle, domain.Command{Kind: domain.CmdEstablish, Actor: "p-andra", Step: "plan/SLF", Version: w.version("plan/SLF")})
	w.event(theCycle, "workflowExecutionCompletedEventAttributes", map[string]any{})
	w.runs[theCycle][len(w.runs[theCycle])-1].ended = true
	w.other("refusals/9999")
	w.sign()
	if !w.state(theCycle).Done {
		t.Fatalf("the cycle is not done: %+v", w.state(theCycle).Cycle.Steps)
	}
	return w
}

func (w *town) version(id domain.StepID) domain.Digest {
	return w.state(theCycle).Cycle.Step(id).Submission.Hash
}

func verify(pack []byte, o Options) (*Report, error) {
	return Verify(bytes.NewReader(pack), int64(len(pack)), o)
}

func trusted(t testing.TB, public string) proof.Keys {
	t.Helper()
	keys, err := proof.ParseKeys(public)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// restart has the stream's workflow begin anew from the log, as after a lost Temporal database; told says so in the log.
func (w *town) restart(stream string, told bool) {
	s := w.state(stream)
	if told {
		at := w.state("reconcile/9999")
		at.Seq++
		w.log = append(w.log, domain.Event{V: 1, Stream: "reconcile/9999", Seq: at.Seq, At: w.now, Kind: domain.EvRepaired, Actor: "p-andra",
			Repaired: &domain.Repaired{Kind: domain.RepairRestart, Stream: stream, Seq: s.Seq, Head: s.Head}})
	}
	runs := w.runs[stream]
	last := runs[len(runs)-1] // archived before its last entries
	for n := len(last.events) - 1; n > 0; n-- {
		if last.events[n]["activityTaskScheduledEventAttributes"] != nil {
			last.events = last.events[:n]
			break
		}
	}
	w.runs[stream] = append(runs, &playedRun{id: fmt.Sprintf("run-%d-anew", len(runs)+1)})
	state, err := json.Marshal(*s)
	if err != nil {
		w.t.Fatal(err)
	}
	w.event(stream, "workflowExecutionStartedEventAttributes", map[string]any{"originalExecutionRunId": fmt.Sprintf("run-%d-anew", len(runs)+1),
		"input": []any{map[string]any{"state": json.RawMessage(state)}}})
}
