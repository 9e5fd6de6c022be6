package runtime

import "testing"

// A connection says that it let go of a shared channel while another subscriber
// is on its way there: the place is that one's.
func TestPlaceIsKeptForWhoIsOnTheWayToIt(t *testing.T) {
	channel := &Channel{Name: "stats", Shared: true}
	s := &Session{config: &config{channels: 1}, dialect: &Dialect{}}
	c := newConnection(s, 1)
	sl := &slot{channel: channel}
	key, _ := sl.share()
	a := &sessionActor{Session: s, shared: map[shareKey]*slot{key: sl}}
	c.take(sl)
	sl.sent, sl.got = 2, 1 // the second has come, and gone again, behind the connection's back

	a.left(&left{slot: sl, got: 1})
	if sl.conn != c || a.shared[key] != sl || c.hasRoom(&slot{channel: channel}) {
		t.Error("the place was given away while a subscription is on its way to it")
	}
	a.left(&left{slot: sl, got: 2})
	if sl.conn != nil || a.shared[key] != nil || !c.hasRoom(&slot{channel: channel}) {
		t.Error("the place was not given back")
	}
}
