package pack

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"runtime"
	"slices"
	"strconv"
	"sync"

	"arshjul/domain"
)

// run is Temporal's history of one run of a stream's workflow, as far as it says what was asked and what was journalled.
type run struct {
	HistoryMember
	from, to string // the runs before and after it, in the same chain
	ended    bool
	first    *domain.Command // that began the stream
	state    domain.State    // that it began with
	agrees   bool            // with what the entries add up to there
	asked    []asked
	batches  []domain.Event
}

// begins compares what the run began with to what the entries add up to.
func (r *run) begins(state *domain.State) {
	began, is := r.state, *state
	began.Size, is.Size = 0, 0 // a bound, measured anew when a run begins
	began.Answered, is.Answered = nil, nil
	was, now := domain.Canonical(began), domain.Canonical(is)
	r.agrees = began.Head == is.Head && (bytes.Equal(was, now) || within(was, now))
}

// within tells whether everything that one state says is what the other says. The other may say more: what a later release
// began to keep beside the rest follows from the same entries.
func within(was, now []byte) bool {
	var a, b any
	if json.Unmarshal(was, &a) != nil || json.Unmarshal(now, &b) != nil {
		return false
	}
	return contains(b, a)
}

func contains(whole, part any) bool {
	switch p := part.(type) {
	case map[string]any:
		w, ok := whole.(map[string]any)
		for name, v := range p {
			ok = ok && contains(w[name], v)
		}
		return ok
	case []any:
		w, ok := whole.([]any)
		ok = ok && len(w) == len(p)
		for i := range p {
			ok = ok && contains(w[i], p[i])
		}
		return ok
	}
	return whole == part
}

// asked is a command that was accepted, and what was answered.
type asked struct {
	id      string // of the update, within the run
	command domain.Command
	receipt *receipt // nil = no, or not answered yet
}

type receipt struct {
	First uint64 `json:"first"`
	Last  uint64 `json:"last"`
	// Refused is said of one of several commands that came together; one that came alone and was refused has no receipt.
	Refused domain.Code `json:"refused"`
}

// Temporal's events, as its JSON has them. Payloads are plain JSON.
type temporalEvent struct {
	ID       json.RawMessage `json:"eventId"` // a number in a string
	Started  *startedEvent   `json:"workflowExecutionStartedEventAttributes"`
	Accepted *acceptedEvent  `json:"workflowExecutionUpdateAcceptedEventAttributes"`
	Answered *answeredEvent  `json:"workflowExecutionUpdateCompletedEventAttributes"`
	Activity *activityEvent  `json:"activityTaskScheduledEventAttributes"`
	Next     *nextEvent      `json:"workflowExecutionContinuedAsNewEventAttributes"`
	Done     *struct{}       `json:"workflowExecutionCompletedEventAttributes"`
}

type startedEvent struct {
	Run   string `json:"originalExecutionRunId"`
	From  string `json:"continuedExecutionRunId"`
	Input []struct {
		State domain.State    `json:"state"`
		First *domain.Command `json:"first"`
	} `json:"input"`
}

type acceptedEvent struct {
	Request struct {
		Meta struct {
			ID string `json:"updateId"`
		} `json:"meta"`
		Input struct {
			Args []oneOrMany[domain.Command] `json:"args"`
		} `json:"input"`
	} `json:"acceptedRequest"`
}

type answeredEvent struct {
	Meta struct {
		ID string `json:"updateId"`
	} `json:"meta"`
	Outcome struct {
		Success []oneOrMany[receipt] `json:"success"`
	} `json:"outcome"`
}

// oneOrMany is a command, or several that came together, and so the answers (workflows.UpdateCommand, UpdateCommands).
type oneOrMany[T any] []T

// UnmarshalJSON reads either.
func (o *oneOrMany[T]) UnmarshalJSON(text []byte) error {
	if bytes.HasPrefix(bytes.TrimSpace(text), []byte("[")) {
		var many []T
		err := json.Unmarshal(text, &many)
		*o = many
		return err
	}
	*o = make([]T, 1)
	return json.Unmarshal(text, &(*o)[0])
}

type activityEvent struct {
	Type struct {
		Name string `json:"name"`
	} `json:"activityType"`
	Input json.RawMessage `json:"input"`
}

type nextEvent struct {
	Run string `json:"newExecutionRunId"`
}

// journalActivity is the activity by which a workflow has its events journalled (workflows.ActivityJournal).
const journalActivity = "journal"

// readHistories reads every run's history, and sees that they make one chain.
func (v *verifier) readHistories() error {
	v.runs, v.commands, v.lost = map[string][]*run{}, map[string]map[string][]*domain.Command{}, map[string][]span{}
	listed := map[string]bool{}
	for _, m := range v.r.manifest.Histories {
		if listed[m.Name] {
			return broken(m.Name, "historiken står två gånger i innehållsförteckningen.")
		}
		listed[m.Name] = true
		if !slices.Contains(Streams(v.rep.Stream), m.Stream) {
			return broken(m.Name, "historiken är av %q, som paketet inte handlar om.", m.Stream)
		}
	}
	read := make([]*run, len(v.r.manifest.Histories))
	faults := make([]error, len(read))
	next := make(chan int)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				read[i], faults[i] = v.readRun(v.r.manifest.Histories[i])
			}
		})
	}
	for i := range read {
		next <- i
	}
	close(next)
	wg.Wait()
	for i, m := range v.r.manifest.Histories {
		if faults[i] != nil {
			return faults[i]
		}
		r := read[i]
		v.runs[m.Stream] = append(v.runs[m.Stream], r)
		commands := v.commands[m.Stream]
		if commands == nil {
			commands = map[string][]*domain.Command{}
			v.commands[m.Stream] = commands
		}
		if r.first != nil {
			commands[r.first.ID] = append(commands[r.first.ID], r.first)
		}
		for i := range r.asked {
			commands[r.asked[i].command.ID] = append(commands[r.asked[i].command.ID], &r.asked[i].command)
		}
		v.rep.Runs++
	}
	return nil
}

func (v *verifier) readRun(m HistoryMember) (*run, error) {
	f := v.r.members[m.Name]
	if f == nil {
		return nil, broken(m.Name, "historiken saknas i paketet.")
	}
	in, err := f.Open()
	if err != nil {
		return nil, broken(m.Name, "filen går inte att packa upp.")
	}
	defer func() { _ = in.Close() }() // it was read
	r := &run{HistoryMember: m}
	last := 0
	err = eachEvent(io.LimitReader(in, mostUnpacked), func(dec *json.Decoder) error {
		var e temporalEvent
		if err := dec.Decode(&e); err != nil {
			return errStop
		}
		id := e.number()
		if id != last+1 {
			return broken(m.Name, "händelse %d i historiken följs av händelse %d: något är borttaget eller inskjutet.", last, id)
		}
		last = id
		return r.take(m, &e)
	})
	if errors.Is(err, errStop) {
		return nil, broken(m.Name, "historiken går inte att läsa efter händelse %d.", last)
	}
	if err == nil && last == 0 {
		err = broken(m.Name, "historiken är tom.")
	}
	return r, err
}

func (e *temporalEvent) number() int {
	text := string(e.ID)
	if unquoted, err := strconv.Unquote(text); err == nil {
		text = unquoted
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > math.MaxInt32 {
		return -1
	}
	return n
}

func (r *run) take(m HistoryMember, e *temporalEvent) error {
	if r.ended {
		return broken(m.Name, "historiken fortsätter efter att körningen har slutat (händelse %d).", e.number())
	}
	switch {
	case e.Started != nil:
		if e.number() != 1 || len(e.Started.Input) != 1 {
			return broken(m.Name, "historiken börjar inte som en körning gör.")
		}
		in := &e.Started.Input[0]
		if e.Started.Run != m.Run || in.State.Stream != m.Stream {
			return broken(m.Name, "historiken är av körning %q av %q, inte av den som innehållsförteckningen anger.", e.Started.Run, in.State.Stream)
		}
		r.from, r.first, r.state = e.Started.From, in.First, in.State
	case e.number() == 1:
		return broken(m.Name, "historiken börjar inte som en körning gör.")
	case e.Accepted != nil && len(e.Accepted.Request.Input.Args) == 1:
		for _, c := range e.Accepted.Request.Input.Args[0] {
			r.asked = append(r.asked, asked{id: e.Accepted.Request.Meta.ID, command: c})
		}
	case e.Answered != nil && len(e.Answered.Outcome.Success) == 1:
		answers := e.Answered.Outcome.Success[0]
		for i := range r.asked {
			if r.asked[i].id == e.Answered.Meta.ID && len(answers) > 0 {
				if answers[0].Refused == "" {
					r.asked[i].receipt = &answers[0]
				}
				answers = answers[1:]
			}
		}
	case e.Activity != nil && e.Activity.Type.Name == journalActivity:
		var in []struct {
			Stream string         `json:"stream"`
			Events []domain.Event `json:"events"`
		}
		if err := json.Unmarshal(e.Activity.Input, &in); err != nil || len(in) != 1 || in[0].Stream != m.Stream {
			return broken(m.Name, "händelse %d i historiken går inte att läsa som något som skrevs i journalen.", e.number())
		}
		r.batches = append(r.batches, in[0].Events...)
	case e.Next != nil:
		r.to, r.ended = e.Next.Run, true
	case e.Done != nil:
		r.ended = true
	}
	return nil
}
