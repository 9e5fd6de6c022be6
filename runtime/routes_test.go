package runtime

import "testing"

// The connection takes the routes of a lost socket away and then begins the gaps.
// An event that the reader has in hand must be in the inbox before that: behind
// it, it would end the gap, and what is missed from then on would go unsaid.
func TestRouteIsNotTakenAwayDuringADelivery(t *testing.T) {
	var r routes
	r.set("id", []*Subscription{{}})
	delivered := false
	owned := r.deliver([]byte("id"), func([]*Subscription) {
		delivered = true
		if r.mu.TryLock() { // as set, remove, clear and settle do
			r.mu.Unlock()
			t.Error("the route could be taken away")
		}
	})
	if !delivered || !owned {
		t.Errorf("delivered %t, owned %t", delivered, owned)
	}
	r.set("id", nil)
	if !r.deliver([]byte("id"), func([]*Subscription) { t.Error("delivered to nobody") }) {
		t.Error("an id that is ours and has nobody counts as not ours")
	}
	r.remove("id")
	if r.deliver([]byte("id"), func([]*Subscription) { t.Error("delivered by a route that is gone") }) {
		t.Error("an id that was left counts as ours")
	}
}
