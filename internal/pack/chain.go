package pack

import (
	"bytes"
	"slices"
)

// compareHistories holds the histories of each stream against its entries.
func (v *verifier) compareHistories() error {
	for _, stream := range Streams(v.rep.Stream) {
		runs := v.runs[stream]
		if len(runs) == 0 {
			if stream == v.rep.Stream {
				return broken(folderHistories, "paketet har ingen historik av %s.", stream)
			}
			continue
		}
		if err := v.chained(stream, runs); err != nil {
			return err
		}
		if err := v.journalled(stream, runs); err != nil {
			return err
		}
		if err := v.answered(stream, runs); err != nil {
			return err
		}
	}
	return nil
}

// chained: the runs follow one another from the first, which began the stream, to the last.
func (v *verifier) chained(stream string, runs []*run) error {
	if runs[0].from != "" {
		return broken(runs[0].Name, "körningen före den här (%s) saknas i paketet.", runs[0].from)
	}
	for i, r := range runs {
		if i > 0 && r.from != "" && (runs[i-1].to != r.Run || r.from != runs[i-1].Run) {
			return broken(r.Name, "körningen fortsätter %s, men i paketet kommer den efter %s: en körning saknas.", r.from, runs[i-1].Run)
		}
		if i > 0 && r.from == "" && runs[i-1].to != "" {
			return broken(runs[i-1].Name, "körningen fortsätter i %s, som saknas i paketet.", runs[i-1].to)
		}
		if r.from == "" && r.first == nil && !v.restarted(stream, r) {
			return broken(r.Name, "körningen börjar mitt i strömmen (efter händelse %d), och ingen post i loggen säger att den startades om: körningarna före den saknas.", r.state.Seq)
		}
		switch {
		case r.first != nil && r.state.Seq != 0:
			return broken(r.Name, "körningen startar strömmen på nytt fast den redan hade börjat.")
		case r.first == nil && r.state.Seq == 0:
			return broken(r.Name, "körningen börjar utan det kommando som startar strömmen.")
		case r.first == nil && !r.agrees && r.state.Seq <= uint64(len(v.of[stream])): // later ones began after the pack's checkpoint
			return broken(r.Name, "körningen börjar från ett annat läge än det som posterna ger till och med händelse %d.", r.state.Seq)
		}
	}
	last := runs[len(runs)-1]
	if last.to != "" {
		return broken(last.Name, "körningen fortsätter i %s, som saknas i paketet.", last.to)
	}
	return nil
}

// journalled: every entry stands in the histories as it stands in the log, and the histories have no other.
func (v *verifier) journalled(stream string, runs []*run) error {
	list := v.of[stream]
	next := uint64(1)
	var lost []span
	for _, r := range runs {
		if r.from == "" && r.first == nil && next <= r.state.Seq { // it began anew: what the run before wrote last was lost with it
			lost = append(lost, span{next, r.state.Seq})
			next = r.state.Seq + 1
		}
		for i := range r.batches {
			e := &r.batches[i]
			switch {
			case e.Seq < next && e.Seq > 0: // sent again
			case e.Seq != next:
				return broken(r.Name, "historiken skriver händelse %d, men händelse %d saknas i den: en körning eller en del av en är borttagen.", e.Seq, next)
			default:
				next++
			}
			if e.Seq == 0 || e.Seq > uint64(len(list)) {
				if e.Seq > 0 && !v.states[stream].Done {
					continue // written after the pack's checkpoint
				}
				return broken(r.Name, "historiken skriver händelse %d, som inte finns i loggen: den är borttagen ur loggen eller tillagd i historiken.", e.Seq)
			}
			if !bytes.Equal(e.Encode(), list[e.Seq-1].leaf) {
				return list[e.Seq-1].broken("historiken (%s) säger något annat än loggen: en av dem är ändrad.", r.Name)
			}
		}
	}
	if next <= uint64(len(list)) {
		return list[next-1].broken("posten står i ingen historik: körningen som skrev den saknas i paketet, eller så är posten inskjuten.")
	}
	for _, s := range lost {
		v.note("%s startades om från loggen, som en post i den säger: händelse %d till %d står i ingen historik.", stream, s.from, s.to)
	}
	v.lost[stream] = lost
	return nil
}

// answered: whatever the histories say was carried out stands in the log, and the log has nothing that nobody asked for.
func (v *verifier) answered(stream string, runs []*run) error {
	list := v.of[stream]
	for _, r := range runs {
		for i := range r.asked {
			a := &r.asked[i]
			if a.receipt == nil || a.receipt.First == 0 || a.receipt.First > uint64(len(list)) {
				continue
			}
			s := list[a.receipt.First-1]
			if s.event.Command != a.command.ID || s.event.Body != a.command.Body() {
				return s.broken("historiken (%s) säger att kommandot %q utfördes här, men posten är för ett annat: en av dem är ändrad.", r.Name, a.command.ID)
			}
		}
	}
	for _, s := range list {
		if slices.ContainsFunc(v.lost[stream], func(l span) bool { return l.has(s.event.Seq) }) {
			continue
		}
		if s.event.Command != "" && len(v.commands[stream][s.event.Command]) == 0 {
			return s.broken("ingen historik har kommandot %q som posten skrevs för: en körning saknas eller är ändrad.", s.event.Command)
		}
	}
	return nil
}
