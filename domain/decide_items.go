package domain

import "slices"

// open tells whether some att-sats was returned or tabled.
func (r *Record) open() bool {
	return r != nil && slices.ContainsFunc(r.Items, func(i Item) bool { return !i.settled() })
}

// items judges att-satser that were decided each for itself: part decided, part returned, part tabled. What is decided
// stays decided; the rest comes back.
func (j *judge) items(st *Step, outcome Outcome, r *Record) error {
	if outcome != OutcomePartly {
		if len(r.Items) > 0 {
			return refuse(CodeItems, "Att-satser anges bara när de fick olika utfall: utfallet är då delvis. Ta bort dem, eller rätta utfallet.")
		}
		return nil
	}
	if r == nil {
		return refuse(CodeItems, "Utfallet delvis behöver sina att-satser: ange vad som hände med var och en.")
	}
	outcomes := []Outcome{}
	for i, item := range r.Items {
		switch {
		case item.No == "" || len(item.No) > 20 || item.Seq != 0:
			return refuse(CodeItems, "Att-sats nummer %d i listan saknar sin beteckning i förslaget. Skriv den, till exempel 1 eller 2a.", i+1)
		case !slices.Contains([]Outcome{OutcomeApproved, OutcomeRejected, OutcomeReturned, OutcomeTabled}, item.Outcome):
			return refuse(CodeItems, "Att-sats %s har utfallet %q. Välj bifall, avslag, aterremiss eller bordlaggning.", item.No, item.Outcome)
		case slices.ContainsFunc(r.Items[:i], func(o Item) bool { return o.No == item.No }):
			return refuse(CodeItems, "Att-sats %s står två gånger. Ta bort den ena.", item.No)
		}
		if at := slices.IndexFunc(st.Items, func(o Item) bool { return o.No == item.No }); at >= 0 && st.Items[at].settled() {
			return refuse(CodeItems, "Att-sats %s är redan avgjord (%s). Ange bara dem som togs upp nu.", item.No, st.Items[at].Outcome.Swedish())
		}
		if !slices.Contains(outcomes, item.Outcome) {
			outcomes = append(outcomes, item.Outcome)
		}
	}
	if len(outcomes) < 2 {
		return refuse(CodeItems, "Utfallet delvis behöver minst två att-satser med olika utfall. Fick alla samma utfall anger du det för hela beslutet.")
	}
	return nil
}

// whole says what a decision that is not the same for every att-sats does with the step: returned when something must be
// redone, tabled when something only waits, and otherwise decided.
func (r *Record) whole() Outcome {
	outcome := OutcomeApproved
	for _, i := range r.Items {
		switch i.Outcome {
		case OutcomeReturned:
			return OutcomeReturned
		case OutcomeTabled:
			outcome = OutcomeTabled
		}
	}
	return outcome
}

// takeItems notes what became of each att-sats. A decision on the whole settles those that were open.
func (st *Step) takeItems(e *Event) {
	items := slices.Clone(st.Items)
	for i := range items {
		if !items[i].settled() && e.Outcome != OutcomePartly {
			items[i].Outcome, items[i].Seq = e.Outcome, e.Seq
		}
	}
	if e.Record != nil {
		for _, now := range e.Record.Items {
			now.Seq = e.Seq
			if at := slices.IndexFunc(items, func(i Item) bool { return i.No == now.No }); at >= 0 {
				items[at] = now
			} else {
				items = append(items, now)
			}
		}
	}
	st.Items = items
}

// Partly tells whether some att-satser of the step are decided for good, and others are not.
func (st *Step) Partly() bool {
	settled := 0
	for i := range st.Items {
		if st.Items[i].settled() {
			settled++
		}
	}
	return settled > 0 && settled < len(st.Items)
}
