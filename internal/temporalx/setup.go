package temporalx

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	namespacepb "go.temporal.io/api/namespace/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/durationpb"

	"arshjul/workflows"
)

// Retention is how long Temporal keeps the history of a run after the run has ended: 4 500 days, a good twelve years.
// Retention counts per run, a cycle's first run ends up to two years before its last, and obligations such as a negative
// balanskravsresultat are followed for three years more (KL 11:12). The journal is the record; the histories are the
// second witness, and must not be the first to go.
const Retention = 4500 * 24 * time.Hour

// Setup makes a namespace ready for workers: creates it, or lengthens its retention (never shortens it), and registers
// the search attributes. It may be run again at any time. It returns when the services know of it all.
func Setup(ctx context.Context, address, namespace string) error {
	if err := setupNamespace(ctx, address, namespace); err != nil {
		return fmt.Errorf("set up namespace %s at %s: %w", namespace, address, err)
	}
	c, err := Dial(ctx, address, namespace, zap.NewNop())
	if err != nil {
		return err
	}
	defer c.Close()
	have, err := untilThere(ctx, c, namespace)
	if err != nil {
		return fmt.Errorf("set up namespace %s at %s: %w", namespace, address, err)
	}
	add := map[string]enumspb.IndexedValueType{}
	for _, key := range workflows.SearchAttributes {
		if _, found := have[key.GetName()]; !found {
			add[key.GetName()] = key.GetValueType()
		}
	}
	if len(add) > 0 {
		if _, err := c.OperatorService().AddSearchAttributes(ctx, &operatorservice.AddSearchAttributesRequest{
			Namespace: namespace, SearchAttributes: add}); err != nil {
			return fmt.Errorf("register search attributes in %s: %w", namespace, err)
		}
	}
	if err := untilKnown(ctx, c, namespace); err != nil {
		return err
	}
	return Check(ctx, c, namespace)
}

func setupNamespace(ctx context.Context, address, namespace string) error {
	nc, err := client.NewNamespaceClient(client.Options{HostPort: address, Logger: Logger(zap.NewNop())})
	if err != nil {
		return err
	}
	defer nc.Close()
	retention := durationpb.New(Retention)
	d, err := nc.Describe(ctx, namespace)
	var missing *serviceerror.NamespaceNotFound
	if errors.As(err, &missing) {
		err = nc.Register(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        namespace,
			Description:                      "arshjul: kommunens mål och ekonomi-cykler",
			WorkflowExecutionRetentionPeriod: retention,
		})
		var exists *serviceerror.NamespaceAlreadyExists
		if errors.As(err, &exists) { // another set-up was first
			err = nil
		}
		return err
	}
	if err != nil || d.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration() >= Retention {
		return err
	}
	return nc.Update(ctx, &workflowservice.UpdateNamespaceRequest{
		Namespace: namespace,
		Config:    &namespacepb.NamespaceConfig{WorkflowExecutionRetentionTtl: retention},
	})
}

// untilThere lists the search attributes of a namespace that may have been created a moment ago: the services learn of
// it when their caches are refreshed.
func untilThere(ctx context.Context, c client.Client, namespace string) (map[string]enumspb.IndexedValueType, error) {
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		have, err := registered(ctx, c, namespace)
		var missing *serviceerror.NamespaceNotFound
		if !errors.As(err, &missing) {
			return have, err
		}
		select {
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), err)
		case <-poll.C:
		}
	}
}

// untilKnown waits until the namespace's services accept every search attribute: they learn of them when their caches
// are refreshed, some seconds after registration.
func untilKnown(ctx context.Context, c client.Client, namespace string) error {
	var names []string
	for _, key := range workflows.SearchAttributes {
		names = append(names, key.GetName()+" is null")
	}
	query := strings.Join(names, " and ")
	poll := time.NewTicker(100 * time.Millisecond)
	defer poll.Stop()
	for {
		_, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: namespace, Query: query})
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("namespace %s never learned of its search attributes: %w", namespace, errors.Join(ctx.Err(), err))
		case <-poll.C:
		}
	}
}

// Check says whether a worker may start: every search attribute is registered with its type, and histories are kept as
// long as they must be. A worker that started all the same would block the first workflow it touches.
func Check(ctx context.Context, c client.Client, namespace string) error {
	const mend = "Kör \"arshjul migrate\", som ställer i ordning namnrymden"
	have, err := registered(ctx, c, namespace)
	if err != nil {
		return fmt.Errorf("check namespace %s: %w", namespace, err)
	}
	for _, key := range workflows.SearchAttributes {
		switch got, found := have[key.GetName()]; {
		case !found:
			return fmt.Errorf("sökattributet %s saknas i Temporals namnrymd %s. %s", key.GetName(), namespace, mend)
		case got != key.GetValueType():
			return fmt.Errorf("sökattributet %s i Temporals namnrymd %s är av typen %s och måste vara %s. Använd en annan namnrymd",
				key.GetName(), namespace, got, key.GetValueType())
		}
	}
	d, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: namespace})
	if err != nil {
		return fmt.Errorf("check namespace %s: %w", namespace, err)
	}
	if got := d.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration(); got < Retention {
		return fmt.Errorf("temporals namnrymd %s sparar historiken i %d dygn, och %d behövs. %s",
			namespace, got/(24*time.Hour), Retention/(24*time.Hour), mend)
	}
	return nil
}

func registered(ctx context.Context, c client.Client, namespace string) (map[string]enumspb.IndexedValueType, error) {
	list, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: namespace})
	if err != nil {
		return nil, fmt.Errorf("list search attributes: %w", err)
	}
	return list.GetCustomAttributes(), nil
}
