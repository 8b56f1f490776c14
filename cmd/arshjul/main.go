// Command arshjul runs a municipality's yearly mål och ekonomi cycle: the server and the worker, the local stack, and
// the command line that officials and engineers use. One file per verb.
package main

import "os"

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }
