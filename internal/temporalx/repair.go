package temporalx

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"go.temporal.io/sdk/client"

	"arshjul/domain"
	"arshjul/internal/pack"
	"arshjul/internal/store"
)

// Repairer puts right what a Reconciler finds, in one municipality. Without Do it only says what it would do.
type Repairer struct {
	Store    *store.Store
	Temporal client.Client
	Do       bool
	By       domain.PersonID // who answers for it
	Now      func() domain.Instant
	// Each is called with each repair: of a stream, or with why a stream was left as it is.
	Each func(domain.Repaired, error)
}

// record writes a repair down. salt tells repairs of the same kind and stream apart; the same one is written once.
func (r *Repairer) record(ctx context.Context, salt string, d domain.Repaired) error {
	id := fmt.Sprintf("%s:%s:%s", d.Kind, d.Stream, salt)
	_, err := r.Store.AppendRepaired(ctx, string(domain.DigestOf([]byte(id))), d, r.By, r.Now())
	return err
}

// Lists computes every list anew from the log.
func (r *Repairer) Lists(ctx context.Context, kommun string) error {
	streams, err := r.Store.StreamsOf(ctx, kommun)
	if err != nil {
		return err
	}
	for _, stream := range streams {
		d := domain.Repaired{Kind: domain.RepairLists, Stream: stream}
		log, err := r.Store.Recount(ctx, stream)
		if err != nil {
			return err
		}
		for _, t := range log.Shown {
			d.Rows += len(t.Rows)
		}
		switch {
		case log.Newer:
			r.Each(d, errors.New("drivs av en nyare utgåva än den här. Kör den nyare"))
			continue
		case log.Broken != 0:
			r.Each(d, fmt.Errorf("post %d i loggen följer inte av dem före den, så listorna kan inte räknas om", log.Broken))
			continue
		case d.Rows == 0:
			continue
		case r.Do && log.State.Seq == 0:
			d.Rows, err = r.Store.Unlist(ctx, stream)
		case r.Do:
			d.Rows, err = r.Store.Reproject(ctx, stream)
		}
		if err == nil && r.Do {
			err = r.record(ctx, fmt.Sprintf("%d:%d", log.State.Seq, r.Now()), d)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", stream, err)
		}
		r.Each(d, nil)
	}
	return nil
}

// Erasures takes out again what is erased by the log and has come back with a part of an older backup.
func (r *Repairer) Erasures(ctx context.Context, kommun string) error {
	d := domain.Repaired{Kind: domain.RepairErasures, Stream: domain.RegistryStream(kommun)}
	rows, err := r.Store.EraseAgain(ctx, kommun, r.Do)
	if d.Rows = int(rows); err != nil || rows == 0 {
		return err
	}
	if r.Do {
		if err := r.record(ctx, fmt.Sprint(r.Now()), d); err != nil {
			return err
		}
	}
	r.Each(d, nil)
	return nil
}

// lost is what a stream's log lacks at its end, and the batches of history that hold it.
type lost struct {
	stream  string
	end     uint64 // the last entry that the log has
	batches []recordedBatch
}

// Log writes entries again that the log lacks at the end of streams, as the workflows' histories have them. Of a run that
// goes on those are taken that its workflow was told are written: the rest comes by itself. Of one that somebody ended in
// Temporal all are, since nobody else will write them.
func (r *Repairer) Log(ctx context.Context, kommun string) error {
	with := Reconciler{Store: r.Store, Temporal: r.Temporal}
	running, err := with.running(ctx, kommun)
	if err != nil {
		return err
	}
	streams, err := r.Store.StreamsOf(ctx, kommun)
	if err != nil {
		return err
	}
	streams = append(streams, running...)
	slices.Sort(streams)
	var all []lost
	for _, stream := range slices.Compact(streams) {
		l, err := r.lostOf(ctx, stream, slices.Contains(running, stream))
		if err != nil {
			r.Each(domain.Repaired{Kind: domain.RepairLog, Stream: stream}, err)
			continue
		}
		if len(l.batches) > 0 {
			all = append(all, l)
		}
	}
	if len(all) > 0 && r.Do {
		// What was sent after the moment to which the database was put back is not known here, and must not be sent again.
		if err := r.Store.HoldMails(ctx, kommun, r.By, r.Now()); err != nil {
			return err
		}
	}
	return r.refill(ctx, all)
}

// lostOf compares a stream's log with its histories. Only an end can be written again: a log that lacks something in the
// middle, or says something else, was changed by somebody.
func (r *Repairer) lostOf(ctx context.Context, stream string, runs bool) (lost, error) {
	l := lost{stream: stream}
	h, err := history(ctx, r.Temporal, stream)
	if isNotFound(err) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	log, err := r.Store.Recount(ctx, stream)
	if err != nil {
		return l, err
	}
	l.end = uint64(len(log.Seqs))
	for i, seq := range log.Seqs {
		leaf, known := h.events[seq]
		if seq != uint64(i)+1 || known && !bytes.Equal(leaf, log.Leaves[i]) {
			return l, fmt.Errorf("loggen saknar eller har en annan post %d, och det som står efter den skulle då stå fel. Den är ändrad av någon: återläs databasen", i+1)
		}
	}
	slices.SortFunc(h.batches, func(a, b recordedBatch) int { return cmp.Compare(a.Events[0].Seq, b.Events[0].Seq) })
	next := l.end + 1
	for _, b := range h.batches {
		switch last := b.Events[len(b.Events)-1].Seq; {
		case last < next || runs && !b.acked:
		case b.Events[0].Seq > next:
			return l, fmt.Errorf("historiken saknar post %d, som loggen också saknar. Återläs databasen", next)
		default:
			l.batches = append(l.batches, b)
			next = last + 1
		}
	}
	return l, nil
}

// refill writes the batches of all streams in the order in which they were written before, as far as histories tell it.
func (r *Repairer) refill(ctx context.Context, all []lost) error {
	type place struct {
		of    *lost
		batch recordedBatch
	}
	var order []place
	first := map[string]time.Time{}
	done := map[string]*domain.Repaired{}
	for i := range all {
		l := &all[i]
		d := &domain.Repaired{Kind: domain.RepairLog, Stream: l.stream, Seq: l.end + 1}
		done[l.stream] = d
		for _, b := range l.batches {
			if b.at.Before(first[l.stream]) { // a stream's own order comes first
				b.at = first[l.stream]
			}
			first[l.stream] = b.at
			order = append(order, place{l, b})
			d.Count = b.Events[len(b.Events)-1].Seq - l.end
			if err := r.missing(ctx, d, b.Events); err != nil {
				return err
			}
		}
	}
	slices.SortStableFunc(order, func(a, b place) int { return a.batch.at.Compare(b.batch.at) })
	began := map[string]bool{}
	for _, p := range order {
		if !r.Do {
			break
		}
		got, err := r.Store.Append(ctx, p.of.stream, p.batch.Events, p.batch.Expect.Head)
		if err != nil {
			return fmt.Errorf("%s: skriv tillbaka från post %d: %w", p.of.stream, p.batch.Events[0].Seq, err)
		}
		if !began[p.of.stream] {
			done[p.of.stream].Index = got.Indexes[int(p.of.end+1-p.batch.Events[0].Seq)]
			began[p.of.stream] = true
		}
	}
	for i := range all {
		d := done[all[i].stream]
		if r.Do {
			if err := r.record(ctx, fmt.Sprintf("%d:%d:%d", d.Seq, d.Count, d.Index), *d); err != nil {
				return err
			}
		}
		r.Each(*d, nil)
	}
	return nil
}

// mostLost bounds the size of an entry; what is lost beyond it is counted nowhere, and found by whoever reads a text.
const mostLost = 500

// missing notes the texts and files that events name and nobody has.
func (r *Repairer) missing(ctx context.Context, d *domain.Repaired, events []domain.Event) error {
	for i := range events {
		refs, files := pack.Refs(&events[i])
		known, err := r.Store.Texts(ctx, refs...)
		if err != nil {
			return err
		}
		for _, ref := range refs {
			if _, found := known[ref]; !found && !slices.Contains(d.Lost, ref) && len(d.Lost) < mostLost {
				d.Lost = append(d.Lost, ref)
			}
		}
		for _, hash := range files {
			switch _, err := r.Store.FileInfo(ctx, hash); {
			case errors.Is(err, store.ErrNoFile):
				if !slices.Contains(d.LostFiles, hash) && len(d.LostFiles) < mostLost {
					d.LostFiles = append(d.LostFiles, hash)
				}
			case err != nil:
				return err
			}
		}
	}
	return nil
}
