package temporalx

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	historypb "go.temporal.io/api/history/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/temporalproto"
	"go.temporal.io/sdk/client"

	"arshjul/internal/store"
)

// Archive keeps the histories of a stream's runs in the store, before Temporal's retention takes them: those that have ended
// since the last time, and the current one as far as it has come. A stream that Temporal no longer knows has nothing new.
func Archive(ctx context.Context, st *store.Store, c client.Client, stream string) error {
	runs, err := st.HistoryRuns(ctx, stream)
	if err != nil {
		return err
	}
	whole := map[string]bool{}
	for _, r := range runs {
		whole[r.Run] = r.Complete
	}
	type fetched struct {
		run     string
		history *historypb.History
	}
	var fresh []fetched // the newest first
	for run := ""; ; {
		h, err := runHistory(ctx, c, stream, run)
		if isNotFound(err) {
			break // never begun, or its beginning is gone already
		}
		if err != nil {
			return err
		}
		begun := h.Events[0].GetWorkflowExecutionStartedEventAttributes()
		if whole[begun.GetOriginalExecutionRunId()] {
			break
		}
		fresh = append(fresh, fetched{begun.GetOriginalExecutionRunId(), h})
		if run = begun.GetContinuedExecutionRunId(); run == "" || whole[run] {
			break
		}
	}
	for _, f := range slices.Backward(fresh) {
		text, err := historyJSON(f.history)
		if err != nil {
			return fmt.Errorf("history of %s, run %s: %w", stream, f.run, err)
		}
		if err := st.PutHistory(ctx, stream, f.run, ended(f.history), text); err != nil {
			return err
		}
	}
	return nil
}

// ended tells whether a run's history is at its end.
func ended(h *historypb.History) bool {
	switch h.Events[len(h.Events)-1].GetEventType() {
	case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
		enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CANCELED, enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT:
		return true
	}
	return false
}

// historyJSON is a history as anybody can read it: Temporal's JSON, with payloads unpacked and as plain JSON.
func historyJSON(h *historypb.History) ([]byte, error) {
	unpack, err := newCodec()
	if err != nil {
		return nil, err
	}
	err = proxy.VisitPayloads(context.Background(), h, proxy.VisitPayloadsOptions{
		Visitor: func(_ *proxy.VisitPayloadsContext, in []*commonpb.Payload) ([]*commonpb.Payload, error) {
			return unpack.Decode(in)
		},
	})
	if err != nil {
		return nil, err
	}
	text, err := temporalproto.CustomJSONMarshalOptions{Metadata: map[string]any{commonpb.EnablePayloadShorthandMetadataKey: true}}.Marshal(h)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer // the marshaller varies its spaces on purpose
	err = json.Compact(&b, text)
	return b.Bytes(), err
}
