package server

import (
	"slices"
	"testing"

	"arshjul/domain"
)

// Every member of the rules' command table can travel, but for those that no person sends.
func TestEveryMemberTravels(t *testing.T) {
	own := []string{"launch", "changes", "found"}
	var known []string
	for _, m := range members {
		known = append(known, m.name)
	}
	for _, row := range domain.CommandTable {
		must, may := row.Members()
		for _, name := range slices.Concat(must, may) {
			if !slices.Contains(known, name) && !slices.Contains(own, name) {
				t.Errorf("%s has the member %s, which no request can carry", row.Kind, name)
			}
		}
	}
}
