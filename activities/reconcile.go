package activities

import (
	"context"

	"arshjul/domain"
	"arshjul/internal/store"

	"go.temporal.io/sdk/activity"
)

// Reconcile compares what workflows, log and lists say, and writes down what came of it.
type Reconcile struct {
	Store *store.Store
	// Look compares a municipality's streams, and calls looked after each.
	Look func(ctx context.Context, kommun string, looked func(stream string)) (domain.Reconciled, error)
}

// ReconcileInput names the municipality whose streams are compared.
type ReconcileInput struct {
	Kommun string `json:"kommun"` // four-digit kommunkod
}

// RecordInput is what came of a comparison, to be written down.
type RecordInput struct {
	Kommun string            `json:"kommun"`
	ID     string            `json:"id"` // of the comparison: what is written under it already is not written again
	At     domain.Instant    `json:"at"`
	Result domain.Reconciled `json:"result"`
}

// RecordResult says where it stands.
type RecordResult struct {
	Stream string `json:"stream"`
	Seq    uint64 `json:"seq"`
}

// Compare reads, and changes nothing. That something differs is no error.
func (r Reconcile) Compare(ctx context.Context, in ReconcileInput) (domain.Reconciled, error) {
	got, err := r.Look(ctx, in.Kommun, func(stream string) { activity.RecordHeartbeat(ctx, stream) })
	if err != nil {
		return domain.Reconciled{}, err
	}
	for i := range got.Found {
		d := &got.Found[i]
		activity.GetLogger(ctx).Error("workflow, log and lists differ", "stream", d.Stream, "kind", string(d.Kind), "seq", d.Seq, "count", d.Count,
			"table", d.Table, "row", d.Row)
	}
	return got, nil
}

// Record writes the result to the log.
func (r Reconcile) Record(ctx context.Context, in RecordInput) (RecordResult, error) {
	e, err := r.Store.AppendReconciled(ctx, in.Kommun, in.ID, in.Result, in.At)
	if err != nil {
		return RecordResult{}, err
	}
	return RecordResult{Stream: e.Event.Stream, Seq: e.Event.Seq}, nil
}
