package deploytest

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// composeFile is the only one there is.
const composeFile = "../../docker-compose.yml"

// composed are the passwords that docker-compose.yml asks for.
var composed = []string{"POSTGRES_PASSWORD=a1", "TEMPORAL_DB_PASSWORD=b2", "ARSHJUL_OWNER_PASSWORD=c3", "ARSHJUL_APP_PASSWORD=d4", "ARSHJUL_SIGNER_PASSWORD=e5"}

// Debian's docker-compose reads the file, and refuses it without the passwords. Where it is not installed the check against
// the specification's own library is left (deploy/tools/deploycheck, by make check).
func TestComposeConfig(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("docker-compose"); err != nil {
		t.Skip("docker-compose is not installed")
	}
	config := func(env ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "docker-compose", "--file", composeFile, "--project-directory", t.TempDir(), "config")
		cmd.Env = append([]string{"PATH=" + os.Getenv("PATH")}, env...)
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	out, err := config(composed...)
	if err != nil || !strings.Contains(out, "postgres://arshjul_app:d4@postgres:5432/arshjul") || !strings.Contains(out, "temporalio/ui:") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := config(); err == nil || !strings.Contains(out, "env.example") {
		t.Errorf("without passwords: %v\n%s", err, out)
	}
}

// service is what docker-compose.yml says of a container, its variables filled in.
type service struct {
	Command     []string          `yaml:"command"`
	Environment map[string]string `yaml:"environment"`
}

// list gives the environment as a process gets it, with some of it put in place of what is there.
func (s service) list(instead ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH")}
	for k, v := range s.Environment {
		if !slices.ContainsFunc(instead, func(kv string) bool { return strings.HasPrefix(kv, k+"=") }) {
			env = append(env, k+"="+v)
		}
	}
	return append(env, instead...)
}

// services reads docker-compose.yml.
func services(t *testing.T) map[string]service {
	t.Helper()
	text, err := os.ReadFile(composeFile)
	must(t, err)
	filled := os.Expand(string(text), func(name string) string {
		name, otherwise, _ := strings.Cut(name, ":")
		for _, kv := range composed {
			if value, found := strings.CutPrefix(kv, name+"="); found {
				return value
			}
		}
		return strings.TrimPrefix(otherwise, "-")
	})
	var file struct {
		Services map[string]service `yaml:"services"`
	}
	must(t, yaml.Unmarshal([]byte(filled), &file))
	return file.Services
}
