// Deploycheck checks what deploy/ holds against what will read it, without an engine: docker-compose.yml against the Compose
// specification, the Kubernetes manifests against the API's own types, field by field, the alarms against Prometheus'
// parser; and that images are of the versions that the local stack is built from.
//
//	deploycheck CHECKOUT
//
// It says every fault that it finds, and ends with 1 if there is any.
package main

import (
	"errors"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: deploycheck CHECKOUT")
		os.Exit(2)
	}
	root := os.Args[1]
	if err := errors.Join(checkCompose(root), checkKubernetes(root), checkAlarms(root)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
