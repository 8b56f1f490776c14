package faults

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/api/proxy"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/temporalx"
	"arshjul/workflows"
)

// What can never be erased holds no name and no free text: not the histories, not the log, no workflow's id or
// attributes, and no process' log file.
func TestNoNameStaysForEver(t *testing.T) {
	t.Parallel()
	r := dice(t)
	in := install(t, 6*time.Minute)
	// Not a name that somebody has, and with a letter that encodings like to change.
	name := fmt.Sprintf("Påhittad Sökprovsson-%x", r.Uint64())
	text := fmt.Sprintf("en påhittad fri text om sökprovet %x", r.Uint64())

	registry, cycle, exercise := domain.RegistryStream(kommun), in.launch(2028), in.startExercise()
	in.giveAll(registrar, registry,
		api.Command{Kind: domain.CmdBind, Binding: &api.Binding{Person: "p-prov", Name: name, Role: domain.RoleRegistrar, Unit: "SLF", From: "2026-01-01"}},
		api.Command{Kind: domain.CmdExclude, Exclusion: &api.Exclusion{Person: "p-prov", Unit: "SN", Reason: text}},
		api.Command{Kind: domain.CmdMoveMeeting, NewMeeting: &domain.Meeting{ID: "KF-2027-12-14", Date: "2027-12-15"}, Text: text})
	var submission api.Command
	for _, stream := range []string{cycle, exercise} {
		submission = in.firstSubmission(stream, "")
		submission.Documents[0].Link = "https://exempel.invalid/" + url.PathEscape(name)
		submission.Fields[0].Value = text
		in.giveAll(preparer, stream, submission, api.Command{Kind: domain.CmdComment, Text: text + ", skrev " + name})
		_, err := in.client("p-prov").Give(in.ctx, stream, api.Command{ID: newID(stream, "denied"), Kind: domain.CmdCancel, Text: text})
		if err == nil || askAgain(err) {
			t.Errorf("somebody without the role could call %s off: %v", stream, err)
		}
	}
	in.get(http.MethodPost, "/api/v1/files?name="+url.QueryEscape(name), []byte(text))
	// The name is there for people to see, as long as nobody erases it.
	for at, says := range map[string]string{"/api/v1/" + registry + "/registry": name, "/api/v1/" + exercise + "/steps/planeringsanvisningar/KS": text} {
		if page := in.get(http.MethodGet, at, nil); !strings.Contains(page, says) {
			t.Errorf("%s does not show %q", at, says)
		}
	}
	for _, stream := range []string{registry, cycle, exercise} { // a state that was handed on is searched too
		must(t, temporalx.Roll(in.ctx, in.temporal, stream))
		in.until(stream+" begins another run", func() error {
			if runs, err := chain(in.ctx, in.temporal, stream); err != nil || len(runs) < 2 {
				return fmt.Errorf("%d runs (%w)", len(runs), err)
			}
			return nil
		})
	}
	in.audit()
	streams := []string{registry, cycle, exercise}
	for _, secret := range []string{name, text} {
		for _, f := range in.search(secret, streams) {
			t.Errorf("%q is in %s", secret, f)
		}
	}
	if found := in.search("journalför", streams); len(found) == 0 {
		t.Error("the search does not see the summaries that people read in Temporal")
	}

	submission.Reference = "Handling av " + name
	in.plant(name, exercise, submission)
	for _, where := range []string{inHistory, inJournal, inAttributes, inOutput} {
		if found := in.search(name, streams); !slices.ContainsFunc(found, func(f finding) bool { return f.where == where }) {
			t.Errorf("a name was planted in %s, and is not among what was found: %v", where, found)
		}
	}
}

// noName looks for what an exercise's officials are called and wrote: a fault must not make anybody write it down either.
func (in *installation) noName(exercise string) {
	in.t.Helper()
	for _, secret := range []string{"Ekonomidirektör, Stadsledningsförvaltningen", "Anteckningar från "} {
		for _, f := range in.search(secret, []string{domain.RegistryStream(kommun), exercise}) {
			in.t.Errorf("%q is in %s", secret, f)
		}
	}
}

// inAttributes is a workflow's id, memo, search attributes or summary.
const inAttributes = "attributes"

// plant puts a name where none may be, as somebody could by mistake.
func (in *installation) plant(name, stream string, again api.Command) {
	in.t.Helper()
	again.ID = newID(stream, "planted")
	in.giveAll(preparer, stream, again)
	_, err := in.temporal.ExecuteWorkflow(in.ctx, client.StartWorkflowOptions{ID: "by-hand", TaskQueue: "nobody",
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.AttrKommun.ValueSet(name))}, workflows.TypeCycle)
	must(in.t, err)
	in.until("the workflow is listed", func() error {
		if n, err := in.temporal.CountWorkflow(in.ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: "WorkflowId = 'by-hand'"}); err != nil || n.GetCount() == 0 {
			return fmt.Errorf("it is not (%w)", err)
		}
		return nil
	})
	in.get(http.MethodGet, "/api/v1/"+stream+"/receipts/"+url.PathEscape(name), nil)
}

// giveAll gives commands one after the other.
func (in *installation) giveAll(as domain.PersonID, stream string, commands ...api.Command) {
	in.t.Helper()
	for i, c := range commands {
		if c.ID == "" {
			c.ID = newID(stream, fmt.Sprintf("%s-%d", c.Kind, i))
		}
		in.persist(string(c.Kind), func() error { _, err := in.client(as).Give(in.ctx, stream, c); return err })
	}
}

// newID makes a command's id that no other stream has: the ledger and the oracle know commands by it.
func newID(stream, what string) string { return strings.ReplaceAll(stream, "/", "-") + "-" + what }

// get asks the server for a path as the preparer and gives what it answers, whatever that is.
func (in *installation) get(method, path string, body []byte) string {
	in.t.Helper()
	r, err := http.NewRequestWithContext(in.ctx, method, in.server+path, bytes.NewReader(body))
	must(in.t, err)
	r.Header.Set("X-Arshjul-Person", string(preparer))
	r.Header.Set("Content-Type", "application/octet-stream")
	answer, err := http.DefaultClient.Do(r)
	must(in.t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(in.t, err)
	return string(text)
}

// search looks for a text in everything that cannot be erased.
func (in *installation) search(text string, streams []string) (found []finding) {
	in.t.Helper()
	look := func(where, what string, in ...string) {
		for _, hay := range in {
			if holds(hay, text) {
				found = append(found, finding{where, what})
				return
			}
		}
	}
	dc, err := temporalx.DataConverter()
	must(in.t, err)
	for _, stream := range streams {
		runs, err := chain(in.ctx, in.temporal, stream)
		must(in.t, err)
		for n, events := range runs {
			for _, e := range events {
				look(inHistory, fmt.Sprintf("%s, run %d, event %d (%s)", stream, n+1, e.GetEventId(), e.GetEventType()), in.texts(dc, e)...)
			}
		}
		d, err := in.temporal.DescribeWorkflowExecution(in.ctx, stream, "")
		must(in.t, err)
		look(inAttributes, stream, in.texts(dc, d)...)
	}
	list, err := in.temporal.ListWorkflow(in.ctx, &workflowservice.ListWorkflowExecutionsRequest{Namespace: namespace})
	must(in.t, err)
	for _, e := range list.GetExecutions() {
		look(inAttributes, e.GetExecution().GetWorkflowId(), in.texts(dc, e)...)
	}
	logs, err := in.store.Logs(in.ctx)
	must(in.t, err)
	for _, l := range logs {
		rows, err := in.store.LogEntries(in.ctx, l.ID, 0, 10_000)
		must(in.t, err)
		for _, e := range rows {
			look(inJournal, fmt.Sprintf("log %s, index %d", e.Log, e.Index), string(e.Leaf))
		}
	}
	files, err := filepath.Glob(filepath.Join(in.stack.Dir(), "logs", "*"))
	must(in.t, err)
	for _, path := range files {
		content, err := os.ReadFile(path)
		must(in.t, err)
		look(inOutput, filepath.Base(path), string(content))
	}
	return found
}

// texts is all the text in a message of Temporal's: its own, and that of its payloads, unpacked.
func (in *installation) texts(dc converter.DataConverter, m proto.Message) (all []string) {
	in.t.Helper()
	plain, err := protojson.Marshal(m)
	must(in.t, err)
	all = append(all, string(plain))
	m = proto.Clone(m)
	err = proxy.VisitPayloads(context.Background(), m, proxy.VisitPayloadsOptions{
		Visitor: func(_ *proxy.VisitPayloadsContext, payloads []*commonpb.Payload) ([]*commonpb.Payload, error) {
			for _, p := range payloads {
				all = append(all, string(p.GetData()), dc.ToString(p))
			}
			return payloads, nil
		},
	})
	must(in.t, err)
	return all
}

// holds tells whether text holds a needle, as it is or as somebody may have encoded it.
func holds(text, needle string) bool {
	text = strings.ToLower(text)
	for _, form := range []string{needle, strings.Trim(strconv.QuoteToASCII(needle), `"`), url.QueryEscape(needle), url.PathEscape(needle)} {
		if strings.Contains(text, strings.ToLower(form)) {
			return true
		}
	}
	return false
}
