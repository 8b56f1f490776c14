package server_test

import (
	"errors"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/api"
	"arshjul/internal/stack/stacktest"
)

func TestMain(m *testing.M) { stacktest.Main(m) }

// People and steps of Helsingborg's organisation and wheel (domain/wheels).
const (
	writer    domain.PersonID = "p-slf-stadens-processledare"
	director  domain.PersonID = "p-slf-ekonomidirektor"
	secretary domain.PersonID = "p-ks-namndsekreterare"
	stranger  domain.PersonID = "p-okand"

	directives domain.StepID = "planeringsanvisningar/KS"
	proposal   domain.StepID = "namndens-forslag/SN"
	dialog     domain.StepID = "dialog-april/KS"
)

// refusal gives the problem that an error is; a test that expected a no fails on anything else.
func refusal(t *testing.T, err error) *api.Problem {
	t.Helper()
	var p *api.Problem
	if !errors.As(err, &p) {
		t.Fatalf("want a problem, got %v", err)
	}
	return p
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
