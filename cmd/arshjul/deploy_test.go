package main

import (
	"encoding/json"
	"strings"
	"testing"

	"arshjul/internal/server/api"
	"arshjul/internal/server/servertest"
	"arshjul/internal/temporalx"
)

// What is open replays on the build that runs it, and goes over to a new run that replays too.
func TestReplayCheckAndRoll(t *testing.T) {
	d := servertest.New(t)
	stream := d.Exercise(t, 2028)
	platform := []string{"--database=" + d.DatabaseURL, "--temporal=" + d.Address, "--namespace=" + d.Namespace}
	check := func() (got checked) {
		t.Helper()
		r := arshjul(append([]string{"replay-check", "--json"}, platform...)...)
		if err := json.Unmarshal([]byte(r.out), &got); err != nil || r.code != api.ExitOK || !got.OK {
			t.Fatalf("exit %d, %v\n%s%s", r.code, err, r.out, r.err)
		}
		return got
	}
	run := func(c checked, stream string) string {
		for _, s := range c.Streams {
			if s.Stream == stream && s.Divergence == "" && s.Events > 0 && s.Rules > 0 {
				return s.Run
			}
		}
		t.Errorf("%s was not checked: %+v", stream, c)
		return ""
	}
	before := check()
	if r := arshjul(append([]string{"replay-check"}, platform...)...); r.code != api.ExitOK || !strings.Contains(r.out, stream+": regelversion ") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	if r := arshjul(append([]string{"roll", "--stream=" + stream}, platform...)...); r.code != api.ExitOK || !strings.Contains(r.out, stream+": ny körning ") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	one := check()
	if run(one, stream) == run(before, stream) || run(one, "registry/1283") != run(before, "registry/1283") {
		t.Errorf("rolled only %s\nbefore %+v\nafter  %+v", stream, before, one)
	}
	if r := arshjul(append([]string{"roll"}, platform...)...); r.code != api.ExitOK || !strings.Contains(r.out, "har gått över") {
		t.Errorf("exit %d\n%s%s", r.code, r.out, r.err)
	}
	all := check()
	for _, s := range []string{stream, "registry/1283"} {
		if run(all, s) == run(one, s) {
			t.Errorf("%s has no new run", s)
		}
	}
	if r := arshjul(append([]string{"roll", "--stream=cycle/1283/1999"}, platform...)...); r.code != api.ExitFault || !strings.Contains(r.out, "ingen sådan körning") {
		t.Errorf("a stream that is not there: exit %d\n%s%s", r.code, r.out, r.err)
	}
	// Nobody works any more: the signal is taken, and the run does not end.
	d.Worker.Stop()
	if r := arshjul(append([]string{"roll", "--wait=1", "--stream=" + stream}, platform...)...); r.code != api.ExitFault || !strings.Contains(r.out, "ingen ny körning ännu") {
		t.Errorf("without a worker: exit %d\n%s%s", r.code, r.out, r.err)
	}
}

func TestDeployVerbs(t *testing.T) {
	d := servertest.Shared(t)
	platform := []string{"--temporal=" + d.Address, "--namespace=" + d.Namespace}
	for _, row := range []struct {
		args []string
		code int
		says string
	}{
		{[]string{"deploy", "show"}, api.ExitOK, "utan bygg-id"},
		{[]string{"deploy", "show", "--json"}, api.ExitOK, `"builds"`},
		{[]string{"deploy", "set-current"}, api.ExitUsage, "--build-id eller --unversioned"},
		{[]string{"deploy", "set-current", "--build-id=å"}, api.ExitUsage, "inget bygg-id"},
		{[]string{"worker", "--build-id=å", "--database=x"}, api.ExitUsage, "inget bygg-id"},
	} {
		r := arshjul(append(row.args, platform...)...)
		if r.code != row.code || !strings.Contains(r.out+r.err, row.says) {
			t.Errorf("%v: exit %d\n%s%s", row.args, r.code, r.out, r.err)
		}
	}
}

// What replay-check says about each divergence is a sentence of its own.
func TestDivergencesInWords(t *testing.T) {
	said := map[string]temporalx.Divergence{}
	for _, d := range []temporalx.Divergence{"", temporalx.DivergesDigest, temporalx.DivergesNewer, temporalx.DivergesOrder, temporalx.DivergesAnswer,
		temporalx.DivergesUnknown, temporalx.DivergesPanic} {
		words := inWords(temporalx.Replayed{Divergence: d})
		if other, found := said[words]; found || (words == "") != (d == "") {
			t.Errorf("%q says the same as %q: %q", d, other, words)
		}
		said[words] = d
	}
}
