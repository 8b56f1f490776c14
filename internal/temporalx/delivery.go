package temporalx

import (
	"context"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"arshjul/workflows"
)

// StartDelivery begins to tell a municipality's people, unless somebody does so already.
func StartDelivery(ctx context.Context, c client.Client, kommun string) error {
	_, err := c.ExecuteWorkflow(ctx, deliveryOptions(kommun), workflows.TypeDelivery, workflows.DeliveryInput{Kommun: kommun})
	return err
}

// WakeDelivery makes a municipality's delivery look at once for what to send, and begins it when nobody has.
func WakeDelivery(ctx context.Context, c client.Client, kommun string) error {
	_, err := c.SignalWithStartWorkflow(ctx, workflows.DeliveryID(kommun), workflows.SignalWake, nil, deliveryOptions(kommun),
		workflows.TypeDelivery, workflows.DeliveryInput{Kommun: kommun})
	return err
}

func deliveryOptions(kommun string) client.StartWorkflowOptions {
	id := workflows.DeliveryID(kommun)
	return client.StartWorkflowOptions{
		ID:                       id,
		TaskQueue:                workflows.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		TypedSearchAttributes:    temporal.NewSearchAttributes(workflows.AttrKommun.ValueSet(kommun)),
		StaticSummary:            workflows.Title(id),
		StaticDetails:            "Skickar det som journalen har att berätta. Går att avsluta och starta om utan att något går förlorat: allt som ska skickas står i databasen.",
	}
}
