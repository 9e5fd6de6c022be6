package reference

import "github.com/misskeyactor/misskeyactor/spec"

// carriedTypes are the types that messages and parameters hold, directly or
// within each other, in the spec's order.
func carriedTypes(s *spec.Spec) []*spec.Type {
	carried := spec.TypeSet{}
	for _, set := range s.EventSets {
		carried.AddMessages(set.Events...)
	}
	if s.Broadcasts != nil {
		carried.AddMessages(s.Broadcasts.Events...)
	}
	for _, channel := range s.Channels {
		carried.AddFields(channel.Params...)
		carried.AddMessages(channel.Sends...)
	}
	for _, capture := range s.Captures {
		carried.AddFields(capture.Key)
		carried.AddMessages(capture.Events.Events...)
	}
	for _, r := range s.Requests {
		carried.AddMessages(&r.Message)
	}
	var list []*spec.Type
	for _, t := range s.Types {
		if carried[t] {
			list = append(list, t)
		}
	}
	return list
}
