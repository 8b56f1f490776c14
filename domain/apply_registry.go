package domain

import "slices"

// take changes the registry as the event says, and tells whether the event was one of its own.
func (r *Registry) take(e *Event) bool {
	switch e.Kind {
	case EvFounded:
		*r = *e.Founded
	case EvUnitSet:
		r.Units = slices.Clone(r.Units)
		if old := r.Unit(e.Unit.ID); old != nil {
			*old = *e.Unit
		} else {
			r.Units = append(r.Units, *e.Unit)
		}
	case EvBound:
		r.Bindings = append(slices.Clip(r.Bindings), *e.Binding)
		r.Issued = e.Binding.Number
	case EvUnbound:
		r.Bindings = slices.Clone(r.Bindings)
		if old := r.binding(e.Binding.Number); old != nil {
			old.To = e.Binding.To
		}
	case EvSubstituted:
		r.Substitutes = append(slices.Clip(r.Substitutes), *e.Substitute)
		r.Issued = e.Substitute.Number
	case EvExcluded:
		r.Exclusions = append(slices.Clip(r.Exclusions), *e.Exclusion)
		r.Issued = e.Exclusion.Number
	case EvExclusionRuled:
		r.Exclusions = slices.Clone(r.Exclusions)
		if old := r.exclusion(e.Exclusion.Number); old != nil {
			*old = *e.Exclusion
		}
	case EvDeficitNoted:
		r.Deficits = append(slices.Clip(r.Deficits), *e.Deficit)
		r.Issued = e.Deficit.Number
	case EvDeficitFollowed:
		r.Deficits = slices.Clone(r.Deficits)
		for i := range r.Deficits {
			if r.Deficits[i].Number == e.Deficit.Number {
				r.Deficits[i] = *e.Deficit
			}
		}
	case EvCarriedOver:
		r.CarryOvers = append(slices.Clip(r.CarryOvers), *e.CarryOver)
		r.Issued = e.CarryOver.Number
	case EvObserved, EvObservationAnswered, EvObservationAssessed, EvActionDone, EvObservationReminded:
		r.takeObservation(e)
	case EvSupplemented:
		r.Supplements = append(slices.Clip(r.Supplements), *e.Supplement)
		r.Issued = e.Supplement.Number
	case EvMeetingAdded:
		r.Meetings = append(slices.Clip(r.Meetings), *e.NewMeeting)
		r.byID = nil
	case EvMeetingMoved, EvMeetingCancelled, EvMeetingConfirmed, EvMeetingAnnounced:
		r.Meetings = slices.Clone(r.Meetings)
		if old := r.Meeting(e.NewMeeting.ID); old != nil {
			*old = *e.NewMeeting
		}
	case EvOrdered:
		r.Orders = append(slices.Clip(r.Orders), *e.Order)
		r.Issued = e.Order.Number
	case EvOrderConfirmed:
		r.Orders = slices.Clone(r.Orders)
		if old := r.Order(e.Order.Number); old != nil {
			old.Confirmed = e.Actor
		}
	case EvEpochDeclared, EvEpochConfirmed:
		r.takeEpoch(e)
	case EvErasureOrdered:
		r.Erasures = append(slices.Clip(r.Erasures), *e.Erasure)
		r.Issued = e.Erasure.Number
	case EvErased: // what was erased stands in the log, and nowhere else
		r.Erasures = slices.DeleteFunc(slices.Clone(r.Erasures), func(o Erasure) bool { return o.Number == e.Erasure.Number })
	default:
		return false
	}
	return true
}
