package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/sirupsen/logrus"
)

// checkCompose loads docker-compose.yml as docker compose does, with every variable that env.example asks for.
func checkCompose(root string) error {
	file := filepath.Join(root, "docker-compose.yml")
	env := types.Mapping{"POSTGRES_PASSWORD": "a1", "TEMPORAL_DB_PASSWORD": "b2", "ARSHJUL_OWNER_PASSWORD": "c3", "ARSHJUL_APP_PASSWORD": "d4", "ARSHJUL_SIGNER_PASSWORD": "e5"}
	logrus.SetOutput(io.Discard) // it warns of variables that have a default
	project, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{WorkingDir: root,
		ConfigFiles: []types.ConfigFile{{Filename: file}}, Environment: env},
		func(o *loader.Options) { o.SetProjectName("arshjul", true) })
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	var errs []error
	for _, name := range []string{"postgres", "temporal-schema", "temporal", "temporal-ui", "migrate", "worker", "serve", "signer"} {
		if _, err := project.GetService(name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", file, err))
		}
	}
	for _, s := range project.Services {
		if err := checkImage(root, s.Image); err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", file, s.Name, err))
		}
	}
	// Without the passwords it must not start.
	if _, err := loader.LoadWithContext(context.Background(), types.ConfigDetails{WorkingDir: root, ConfigFiles: []types.ConfigFile{{Filename: file}}},
		func(o *loader.Options) { o.SetProjectName("arshjul", true) }); err == nil {
		errs = append(errs, fmt.Errorf("%s is content without passwords", file))
	}
	return errors.Join(errs...)
}
