package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const checkout = "../../.."

func checkAll(root string) error {
	return errors.Join(checkCompose(root), checkKubernetes(root), checkAlarms(root))
}

func TestWhatIsThere(t *testing.T) {
	if err := checkAll(checkout); err != nil {
		t.Error(err)
	}
}

// A check that never finds anything is worth nothing.
func TestWhatIsWrongIsFound(t *testing.T) {
	for _, row := range []struct{ name, file, was, is, says string }{
		{"a member that does not exist", "deploy/kubernetes/serve.yaml", "replicas: 2", "replicaz: 2", `unknown field "replicaz"`},
		{"a member of another type", "deploy/kubernetes/worker.yaml", "replicas: 2", "replicas: two", "int32"},
		{"a secret that nobody makes", "deploy/kubernetes/worker.yaml", "name: arshjul-app", "name: arshjul-ap", `no Secret "arshjul-ap"`},
		{"a pod that may run as root", "deploy/kubernetes/jobs/roll.yaml", "runAsNonRoot: true", "runAsNonRoot: false", "as root"},
		{"a container that may write", "deploy/kubernetes/serve.yaml", "readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", "more than it must"},
		{"a service that finds nobody", "deploy/kubernetes/serve.yaml", "selector: {app: arshjul, part: serve}", "selector: {app: arshjul, part: server}", "no pod has the labels"},
		{"a policy for nobody", "deploy/kubernetes/network.yaml", "part: worker", "part: workers", "no pod has the labels"},
		{"an image without a version", "deploy/kubernetes/serve.yaml", "image: arshjul:2027.1", "image: arshjul:latest", "does not say its version"},
		{"another server than is tested", "docker-compose.yml", "temporalio/server:1.32.2", "temporalio/server:1.29.0", "should be of version 1.32.2"},
		{"a service that Compose does not know", "docker-compose.yml", "    restart: unless-stopped\n    stop_signal", "    restarts: unless-stopped\n    stop_signal", "restarts"},
		{"a password that is not demanded", "docker-compose.yml", ":?see deploy/compose/env.example", ":-secret", "content without passwords"},
		{"an alarm that cannot be read", "deploy/prometheus/alerts.yml", "max(arshjul_workflows_blocked) > 0", "max(arshjul_workflows_blocked > 0", "parse"},
		{"an alarm without a place in the runbook", "deploy/prometheus/alerts.yml", "runbook: \"deploy/runbook.md#arshjuldown\"", "other: x", "ArshjulDown"},
	} {
		root := t.TempDir()
		for _, dir := range []string{"deploy/kubernetes", "deploy/kubernetes/jobs", "deploy/kubernetes/example", "deploy/prometheus", "deploy/temporal", "."} {
			copyFiles(t, filepath.Join(checkout, dir), filepath.Join(root, dir))
		}
		file := filepath.Join(root, row.file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		changed := strings.ReplaceAll(string(text), row.was, row.is)
		if changed == string(text) {
			t.Errorf("%s: %q is not in %s", row.name, row.was, row.file)
		}
		if err := os.WriteFile(file, []byte(changed), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkAll(root); err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: nothing of %q in: %v", row.name, row.says, err)
		}
	}
}

func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	if err := os.MkdirAll(to, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range []string{"*.yaml", "*.yml", "go.mod"} {
		files, err := filepath.Glob(filepath.Join(from, pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(to, filepath.Base(file)), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}
