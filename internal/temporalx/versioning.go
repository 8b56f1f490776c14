package temporalx

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"
)

// Deployment is the name under which Temporal knows our workers, when they say of which build they are.
const Deployment = "arshjul"

var buildID = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

// CheckBuild refuses build ids that Temporal could not keep apart, or people not read.
func CheckBuild(build string) error {
	if !buildID.MatchString(build) {
		return fmt.Errorf("%q är inget bygg-id: 1 till 100 tecken, bokstäver a–z, siffror och . _ -, med en bokstav eller siffra först", build)
	}
	return nil
}

// deployment lets Temporal send tasks to one build: the current one. Every run goes on with whichever build is current,
// also in the middle, so a build must be able to replay the runs that are open (arshjul replay-check).
func deployment(build string) worker.DeploymentOptions {
	if build == "" {
		return worker.DeploymentOptions{}
	}
	return worker.DeploymentOptions{
		UseVersioning:             true,
		Version:                   worker.WorkerDeploymentVersion{DeploymentName: Deployment, BuildID: build},
		DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
	}
}

// SetCurrent has every task sent to the workers of a build from now on; "" means to those that do not say of which build
// they are. Temporal refuses a build of which it has seen no worker: SetCurrent waits for one until ctx ends.
//
// A run that goes on moves to another build at its next task. Out of the builds, to "", it moves only with its next run
// (measured on server 1.32.2): [Roll] it while the workers of its build are still there.
func SetCurrent(ctx context.Context, c client.Client, build string) error {
	handle := c.WorkerDeploymentClient().GetHandle(Deployment)
	poll := time.NewTicker(200 * time.Millisecond)
	defer poll.Stop()
	for {
		_, err := handle.SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build})
		var missing *serviceerror.NotFound
		var unseen *serviceerror.FailedPrecondition
		if !errors.As(err, &missing) && !errors.As(err, &unseen) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("temporal känner ingen arbetare med bygg-id %q: %w", build, err)
		case <-poll.C:
		}
	}
}

// Build is a build of which Temporal has seen a worker.
type Build struct {
	ID      string    `json:"id"`
	Seen    time.Time `json:"seen"` // first
	Current bool      `json:"current"`
}

// Builds lists the builds that Temporal knows. None of them is current while tasks go to workers without a build.
func Builds(ctx context.Context, c client.Client) ([]Build, error) {
	d, err := c.WorkerDeploymentClient().GetHandle(Deployment).Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	var missing *serviceerror.NotFound
	if errors.As(err, &missing) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("ask Temporal which builds there are: %w", err)
	}
	var all []Build
	current := d.Info.RoutingConfig.CurrentVersion
	for _, v := range d.Info.VersionSummaries {
		all = append(all, Build{ID: v.Version.BuildID, Seen: v.CreateTime, Current: current != nil && current.BuildID == v.Version.BuildID})
	}
	return all, nil
}
