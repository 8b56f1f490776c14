package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var serverVersion = regexp.MustCompile(`(?m)^\s*go\.temporal\.io/server v(\S+)`)

// uiVersion is the version of Temporal's pages that was built and looked at.
const uiVersion = "2.42.1"

// checkImage refuses an image whose version is not said, and those of Temporal that are not of the version that the
// local stack is built from and all tests run on.
func checkImage(root, image string) error {
	name, tag, _ := strings.Cut(image, ":")
	if tag == "" || tag == "latest" {
		return fmt.Errorf("the image %q does not say its version", image)
	}
	want := ""
	switch name {
	case "temporalio/server", "temporalio/admin-tools":
		text, err := os.ReadFile(filepath.Join(root, "deploy/temporal/go.mod"))
		if err != nil {
			return err
		}
		found := serverVersion.FindSubmatch(text)
		if found == nil {
			return fmt.Errorf("deploy/temporal/go.mod names no go.temporal.io/server")
		}
		want = string(found[1])
	case "temporalio/ui":
		want = uiVersion
	case "arshjul", "postgres":
		return nil
	default:
		return fmt.Errorf("the image %q is none that this project knows", image)
	}
	if tag != want {
		return fmt.Errorf("the image %q should be of version %s", image, want)
	}
	return nil
}
