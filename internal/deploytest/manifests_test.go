package deploytest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
)

// manifest is what is looked at of any manifest: the settings, and how the program is called.
type manifest struct {
	Kind string            `yaml:"kind"`
	Data map[string]string `yaml:"data"`
	Spec struct {
		Template struct {
			Spec struct {
				Containers []struct {
					Args []string `yaml:"args"`
					Env  []struct {
						Name string `yaml:"name"`
					} `yaml:"env"`
				} `yaml:"containers"`
			} `yaml:"spec"`
		} `yaml:"template"`
	} `yaml:"spec"`
}

// Every flag and every setting in the Kubernetes manifests is one that the program knows. That the manifests are right as
// Kubernetes sees them is checked by deploy/tools/deploycheck.
func TestManifestsNameWhatTheProgramKnows(t *testing.T) {
	t.Parallel()
	this := thisRelease(t)
	help := map[string]string{}
	of := func(verb string) string {
		if help[verb] == "" {
			out, err := exec.CommandContext(t.Context(), this.path, verb, "--help").CombinedOutput()
			if err != nil {
				t.Fatalf("%s --help: %v\n%s", verb, err, out)
			}
			help[verb] = string(out)
		}
		return help[verb]
	}
	flag := regexp.MustCompile(`^--[a-z-]+`)
	settings, calls := map[string]string{}, 0
	for _, pattern := range []string{"*.yaml", "jobs/*.yaml"} {
		files, err := filepath.Glob(filepath.Join("../../deploy/kubernetes", pattern))
		must(t, err)
		for _, file := range files {
			text, err := os.ReadFile(file)
			must(t, err)
			for d := yaml.NewDecoder(strings.NewReader(string(text))); ; {
				var m manifest
				if err := d.Decode(&m); errors.Is(err, io.EOF) {
					break
				} else {
					must(t, err)
				}
				for name := range m.Data {
					settings[name] = file
				}
				for _, c := range m.Spec.Template.Spec.Containers {
					calls++
					for _, e := range c.Env {
						settings[e.Name] = file
					}
					for _, arg := range c.Args[1:] {
						if name := flag.FindString(arg); name == "" || !strings.Contains(of(c.Args[0]), " "+name+" ") {
							t.Errorf("%s: %s knows no %s", file, c.Args[0], arg)
						}
					}
				}
			}
		}
	}
	if calls != 6 || len(settings) < 10 {
		t.Errorf("the manifests call the program %d times, with %d settings", calls, len(settings))
	}
	for name, file := range settings {
		if !strings.Contains(of("serve")+of("worker"), name) {
			t.Errorf("%s: neither serve nor worker reads %s", file, name)
		}
	}
}
