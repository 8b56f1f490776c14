// Package domaintest helps tests of other packages to start cycles.
package domaintest

import "arshjul/domain"

// Ordered gives a launch the order that the rules ask for, as if two persons had ordered and confirmed it.
func Ordered(l domain.Launch) *domain.Launch {
	l.Registry.Issued++
	l.Order = l.Registry.Issued
	l.Registry.Orders = append(l.Registry.Orders[:len(l.Registry.Orders):len(l.Registry.Orders)], domain.Order{Number: l.Order, Year: l.Year,
		Wheel: l.Wheel.Hash(), With: l.With, From: l.From, Before: l.Before, Dnr: "1/2026 (påhittat)", Date: "2026-11-01",
		By: "p-bestallare", Confirmed: "p-bekraftare"})
	return &l
}
