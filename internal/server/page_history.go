package server

import (
	"fmt"
	"strings"

	"arshjul/domain"
	"arshjul/internal/store"
)

// historyDay is what happened on one day, the newest day first.
type historyDay struct {
	Day  string
	Rows []historyRow
}

// historyRow is one entry as people read it. The numbers are for who checks it.
type historyRow struct {
	Text    string
	Plain   string // the reason, note or comment
	Erased  bool
	Index   uint64
	Seq     uint64
	Version domain.Digest
	ByHand  bool   // somebody did it; the rest follows from what somebody did, or from time
	Day     string // on which it happened
	Proof   string // where the entry's receipt file is fetched
	// Corrected are the corrections that have been made of it, the oldest first.
	Corrected []correction
}

// correction is what somebody has written about an earlier entry.
type correction struct {
	Who, When, Text string
	Erased          bool
}

// acts say what somebody did, after their name. What is not here is told as the journal tells it.
var acts = map[domain.EventKind]func(e *domain.Event, today domain.Date) string{
	domain.EvSubmitted: func(e *domain.Event, _ domain.Date) string { return fmt.Sprintf("lämnade in version %d", e.VersionNo) },
	domain.EvReady:     func(e *domain.Event, _ domain.Date) string { return "markerade klar för beslut" },
	domain.EvTakenBack: func(e *domain.Event, _ domain.Date) string { return "tog tillbaka klar för beslut" },
	domain.EvDecided:   decided, domain.EvRejected: decided, domain.EvReturned: decided, domain.EvTabled: decided,
	domain.EvEstablished: on("fastställde"),
	domain.EvAdjusted:    on("skrev in att protokollet justerades"),
	domain.EvPosted:      on("skrev in att justeringen anslogs"),
	domain.EvHandedOver:  on("lämnade över"),
	domain.EvFinalised:   on("färdigställde"),
	domain.EvHeld:        on("skrev in att det genomfördes"),
	domain.EvReviewed:    on("avgav granskningen"),
	domain.EvPublished:   on("publicerade"),
	domain.EvExtended:    func(e *domain.Event, t domain.Date) string { return "flyttade senast-dagen till " + longDay(e.Date, t) },
	domain.EvVoided:      func(*domain.Event, domain.Date) string { return "lät steget utgå" },
	domain.EvCommented:   func(*domain.Event, domain.Date) string { return "skrev en kommentar" },
	domain.EvCorrected:   func(e *domain.Event, _ domain.Date) string { return fmt.Sprintf("rättade post %d i cykeln", e.Entry) },
	domain.EvReported: func(e *domain.Event, t domain.Date) string {
		return fmt.Sprintf("skrev in att det anmäldes %s, § %s", longDay(e.Date, t), e.Paragraph)
	},
}

func on(verb string) func(*domain.Event, domain.Date) string {
	return func(e *domain.Event, today domain.Date) string {
		if e.Date == "" || e.Date == e.At.Date() {
			return verb
		}
		return verb + " " + longDay(e.Date, today)
	}
}

func decided(e *domain.Event, today domain.Date) string {
	words := fmt.Sprintf("skrev in beslutet %s, § %s", e.Outcome.Swedish(), e.Paragraph)
	if e.Date != "" {
		words += ", " + longDay(e.Date, today)
	}
	return words
}

// told is an entry as a sentence: who, for whom, what and when.
func told(st *domain.State, e *domain.Event, who names, today domain.Date) string {
	act := acts[e.Kind]
	if e.Actor == "" || act == nil {
		return domain.Sentence(st, e)
	}
	name := who.Name(e.Actor)
	if v := e.Evidence; v != nil && v.Substitute != 0 {
		if b := bindingNumbered(st.Registry, v.Binding); b != nil {
			name += " (för " + lowerWords(who.Name(b.Person)) + ", frånvarande)"
		}
	}
	if strings.Contains(name, ", ") {
		name += "," // a function with its unit
	}
	sentence := name + " " + act(e, today)
	if need := e.Need; need != "" {
		sentence += " utan " + lowerWords(st.StepTitle(need))
	}
	return fmt.Sprintf("%s kl. %s.", sentence, clock(e.At))
}

// historyOf groups entries, which come newest first, by day. Reminders are given by themselves.
func historyOf(st *domain.State, entries []store.Entry, texts map[domain.TextRef]store.Text, who names, today domain.Date) (days []historyDay, reminders []historyRow) {
	corrections := map[uint64][]correction{}
	for i := len(entries) - 1; i >= 0; i-- {
		if e := &entries[i].Event; e.Kind == domain.EvCorrected {
			text := texts[e.Text]
			corrections[e.Entry] = append(corrections[e.Entry], correction{who.Name(e.Actor), shortDay(e.At.Date(), today), text.Readable(), text.Erased})
		}
	}
	for i := range entries {
		e := &entries[i].Event
		day := upperFirst(longDay(e.At.Date(), today))
		if e.Kind == domain.EvReminded {
			reminders = append(reminders, historyRow{Text: day + ": " + lowerWords(told(st, e, who, today)), Index: entries[i].Index, Seq: e.Seq})
			continue
		}
		if n := len(days); n == 0 || days[n-1].Day != day {
			days = append(days, historyDay{Day: day})
		}
		text := texts[e.Text]
		last := &days[len(days)-1]
		last.Rows = append(last.Rows, historyRow{Text: told(st, e, who, today), Plain: text.Readable(), Erased: text.Erased, Index: entries[i].Index,
			Seq: e.Seq, Version: e.Version, ByHand: e.Actor != "", Day: shortDay(e.At.Date(), today), Proof: proofPath(domain.LogOf(e.Stream), entries[i].Index), Corrected: corrections[e.Seq]})
	}
	return days, reminders
}

// remark is a comment; a name after @ stands out in it.
type remark struct {
	Who, When string
	Parts     []remarkPart
	Erased    bool
}

type remarkPart struct {
	Text  string
	Named bool
}

// remarksOf gives the comments of a step, the oldest first.
func remarksOf(entries []store.Entry, texts map[domain.TextRef]store.Text, who names, today domain.Date) (all []remark) {
	for i := len(entries) - 1; i >= 0; i-- {
		e := &entries[i].Event
		if e.Kind != domain.EvCommented {
			continue
		}
		text := texts[e.Text]
		all = append(all, remark{who.Name(e.Actor), longDay(e.At.Date(), today) + " kl. " + clock(e.At), mentionParts(text.Readable(), who), text.Erased})
	}
	return all
}
