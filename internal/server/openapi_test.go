package server_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"arshjul/domain"
	"arshjul/internal/server/servertest"
)

type description struct {
	OpenAPI string                                `json:"openapi"`
	Info    struct{ Description, Version string } `json:"info"`
	Paths   map[string]map[string]struct {
		OperationID string                     `json:"operationId"`
		RequestBody json.RawMessage            `json:"requestBody"`
		Responses   map[string]json.RawMessage `json:"responses"`
		Parameters  []struct{ Name, In string }
	} `json:"paths"`
	Components struct {
		Schemas map[string]json.RawMessage `json:"schemas"`
	} `json:"components"`
}

// The description is complete in itself, tells of every command and refusal, and each route that it names is answered.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	d := servertest.Shared(t)
	status, text := raw(t, http.MethodGet, d.URL+"/api/v1/openapi.json", "", nil, nil)
	var doc description
	if err := json.Unmarshal(text, &doc); err != nil || status != http.StatusOK || doc.OpenAPI != "3.1.0" {
		t.Fatalf("%d %v %s", status, err, doc.OpenAPI)
	}
	for _, ref := range regexp.MustCompile(`"#/components/schemas/(\w+)"`).FindAllStringSubmatch(string(text), -1) {
		if doc.Components.Schemas[ref[1]] == nil {
			t.Errorf("%s is referred to and not described", ref[1])
		}
	}
	for _, row := range domain.CommandTable {
		told := strings.Contains(doc.Info.Description, "`"+string(row.Kind)+"`")
		if want := !slices.Contains([]domain.CommandKind{domain.CmdLaunch, domain.CmdFound, domain.CmdChanges}, row.Kind); told != want {
			t.Errorf("command %s told of: %v", row.Kind, told)
		}
	}
	ids := map[string]bool{}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if ids[op.OperationID] || op.OperationID == "" {
				t.Errorf("%s %s: operation id %q", method, path, op.OperationID)
			}
			ids[op.OperationID] = true
			if op.Responses["default"] == nil || op.Responses["200"] == nil {
				t.Errorf("%s %s: responses %v", method, path, op.Responses)
			}
			for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.Name == name[1] && p.In == "path" }) {
					t.Errorf("%s %s: %s is not described", method, path, name[1])
				}
			}
			// An address that no handler is behind is answered with not_found about the address.
			at := d.URL + strings.NewReplacer("{kommun}", "1283", "{year}", "1999", "{n}", "1", "{step}", "a/b", "{id}", "x", "{sha256}", "x").Replace(path)
			status, text := raw(t, strings.ToUpper(method), at, writer, nil, nil)
			if strings.Contains(string(text), "ingen sådan adress") || status == http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d %s", method, path, status, text)
			}
		}
	}
	for _, want := range []string{"/api/v1/cycles", "/api/v1/exercises", "/api/v1/inbox", "/api/v1/files", "/api/v1/health", "/api/v1/version",
		"/api/v1/cycle/{kommun}/{year}/steps/{step}", "/api/v1/exercise/{kommun}/{year}/{n}/commands", "/api/v1/registry/{kommun}/commands"} {
		if doc.Paths[want] == nil {
			t.Errorf("%s is not described", want)
		}
	}
}
