// Package export gathers the evidence pack of a cycle or an exercise: from the log, the store and Temporal's histories, which
// it archives first. What a pack looks like, and how it is checked, is for package pack.
package export

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"go.temporal.io/sdk/client"
	"golang.org/x/mod/sumdb/tlog"

	"arshjul/domain"
	"arshjul/internal/pack"
	"arshjul/internal/store"
	"arshjul/internal/temporalx"
)

// Exporter gathers packs.
type Exporter struct {
	Store    *store.Store
	Temporal client.Client
	Program  string // the version of the program, which the pack names
	// Keys is the file of the signer's public keys that is put into packs; "" or a file that is not there puts none.
	Keys string
}

// chunk is how many entries are read at a time.
const chunk = 1000

// Gather gathers what the pack of a cycle or an exercise is made of, as of the newest checkpoint of its log. Files and
// histories are read when the pack is written. The error is a *domain.Refusal when there is no such stream, or nothing is
// signed that covers it.
func (x Exporter) Gather(ctx context.Context, stream string) (*pack.Source, error) {
	src := &pack.Source{Stream: stream, Program: x.Program}
	size, err := x.checkpoints(ctx, src)
	if err != nil {
		return nil, err
	}
	events, err := x.entries(ctx, src, size)
	if err != nil {
		return nil, err
	}
	if len(events) == 0 {
		return nil, domain.Refuse(domain.CodeNotFound, "%s är inte underskriven än, så det finns inget att lämna ut. Det sker oftast inom en minut. Försök igen då.", stream)
	}
	for _, gather := range []func(context.Context, *pack.Source, []domain.Event) error{x.texts, x.files, x.wheel} {
		if err := gather(ctx, src, events); err != nil {
			return nil, err
		}
	}
	if x.Keys != "" {
		text, err := os.ReadFile(x.Keys)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("export: the signer's public keys: %w", err)
		}
		src.Keys = string(text)
	}
	return src, x.histories(ctx, src)
}

// checkpoints reads the log's checkpoints, and gives how many entries the newest covers.
func (x Exporter) checkpoints(ctx context.Context, src *pack.Source) (size uint64, err error) {
	all, err := x.Store.Checkpoints(ctx, domain.LogOf(src.Stream))
	if err != nil {
		return 0, err
	}
	if len(all) == 0 {
		return 0, domain.Refuse(domain.CodeNotFound, "Journalen är inte underskriven, så det finns inget bevispaket att lämna ut. Säg till driften att starta undertecknaren (arshjul signer).")
	}
	for _, c := range all {
		src.Checkpoints = append(src.Checkpoints, c.Note)
	}
	return all[len(all)-1].Size, nil
}

// entries reads the log as far as it is signed, and gives the events that the pack shows.
func (x Exporter) entries(ctx context.Context, src *pack.Source, size uint64) (shown []domain.Event, err error) {
	var after []store.Entry // those of other streams since the cycle's last
	done, log := false, domain.LogOf(src.Stream)
	for uint64(len(src.Hashes)) < size {
		rows, err := x.Store.LogEntries(ctx, log, uint64(len(src.Hashes)), min(chunk, int(size)-len(src.Hashes)))
		if err != nil {
			return nil, err
		}
		if len(rows) == 0 {
			return nil, fmt.Errorf("export: log %s is signed to %d entries and has %d", log, size, len(src.Hashes))
		}
		for _, r := range rows {
			src.Hashes = append(src.Hashes, tlog.RecordHash(r.Leaf))
			switch {
			case r.Event.Stream == src.Stream:
				done = r.Event.Kind == domain.EvCompleted || r.Event.Kind == domain.EvCancelled
				after = after[:0]
			case !pack.Shows(src.Stream, &r.Event, r.Index, r.Index, true):
				after = append(after, r)
				continue
			}
			src.Entries, shown = append(src.Entries, pack.Entry{Index: r.Index, Leaf: r.Leaf}), append(shown, r.Event)
		}
	}
	if !slices.ContainsFunc(shown, func(e domain.Event) bool { return e.Stream == src.Stream }) {
		return nil, nil
	}
	if !done {
		for _, r := range after {
			src.Entries, shown = append(src.Entries, pack.Entry{Index: r.Index, Leaf: r.Leaf}), append(shown, r.Event)
		}
		slices.SortFunc(src.Entries, func(a, b pack.Entry) int { return int(a.Index) - int(b.Index) })
	}
	return shown, nil
}

// texts reads the texts that the entries shown commit to.
func (x Exporter) texts(ctx context.Context, src *pack.Source, events []domain.Event) error {
	named := map[domain.TextRef]bool{}
	var refs []domain.TextRef
	for i := range events {
		if !slices.Contains(pack.Streams(src.Stream), events[i].Stream) {
			continue // shown so that nothing can be hidden, and of no other interest
		}
		texts, _ := pack.Refs(&events[i])
		for _, ref := range texts {
			if !named[ref] {
				named[ref] = true
				refs = append(refs, ref)
			}
		}
	}
	exercise := domain.LogOf(src.Stream) == src.Stream // its erasures stand in the municipality's log
	texts, err := x.Store.CommittedTexts(ctx, refs)
	if err != nil {
		return err
	}
	for _, t := range texts {
		if t.Erased && !exercise && !slices.ContainsFunc(events, func(e domain.Event) bool { return e.Kind == domain.EvErased && e.Erasure.CoversText(t.Ref) }) {
			return domain.Refuse(domain.CodeNotFound, "En gallring är inskriven i journalen, men journalen är inte underskriven så långt än. Det sker oftast inom en minut. Försök igen då.")
		}
		src.Texts = append(src.Texts, pack.Text{Commitment: t.Ref, Salt: hex.EncodeToString(t.Salt), Body: t.Body, Erased: t.Erased})
	}
	return nil
}

// files lists the files that the entries name.
func (x Exporter) files(ctx context.Context, src *pack.Source, events []domain.Event) error {
	named := map[domain.Digest]bool{}
	for i := range events {
		if events[i].Stream != src.Stream {
			continue
		}
		_, files := pack.Refs(&events[i])
		for _, sum := range files {
			if named[sum] {
				continue
			}
			named[sum] = true
			f, err := x.Store.FileInfo(ctx, sum)
			if errors.Is(err, store.ErrNoFile) {
				continue // the pack lacks it too, and its check says so
			}
			if err != nil {
				return err
			}
			src.Files = append(src.Files, pack.File{SHA256: sum, Size: f.Size, Name: f.Name, MediaType: f.MediaType, Erased: f.Erased != "", Open: func() (io.ReadCloser, error) {
				whole, err := x.Store.GetFile(ctx, sum)
				return io.NopCloser(bytes.NewReader(whole.Bytes)), err
			}})
		}
	}
	return nil
}

// wheel reads the text of the wheel that the cycle was launched by, when it was kept.
func (x Exporter) wheel(ctx context.Context, src *pack.Source, events []domain.Event) error {
	for i := range events {
		if l := events[i].Launched; l != nil && events[i].Stream == src.Stream {
			text, err := x.Store.Wheel(ctx, l.Wheel.Hash())
			if errors.Is(err, store.ErrNoWheel) {
				return nil
			}
			src.WheelText = text.YAML
			return err
		}
	}
	return nil
}

// histories archives the histories of the runs and lists them.
func (x Exporter) histories(ctx context.Context, src *pack.Source) error {
	for _, stream := range pack.Streams(src.Stream) {
		if err := temporalx.Archive(ctx, x.Store, x.Temporal, stream); err != nil {
			return err
		}
		runs, err := x.Store.HistoryRuns(ctx, stream)
		if err != nil {
			return err
		}
		for _, r := range runs {
			src.Histories = append(src.Histories, pack.History{Stream: stream, Run: r.Run, Complete: r.Complete, Open: func() (io.ReadCloser, error) {
				text, err := x.Store.RunHistory(ctx, stream, r.Run)
				return io.NopCloser(bytes.NewReader(text)), err
			}})
		}
	}
	return nil
}
