package misskeytest

import "github.com/misskeyactor/misskeyactor/streaming/misskey"

// List is a list of users, with an owner who alone may read it.
type List struct {
	ID misskey.UserListID

	server  *Server
	owner   *User
	members map[misskey.UserID]*User
}

// AddList makes an empty list of u's.
func (u *User) AddList(options ...IDOption) *List {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	l := &List{
		ID:      misskey.UserListID(u.server.pickID(options)),
		server:  u.server,
		owner:   u,
		members: map[misskey.UserID]*User{},
	}
	u.server.lists.add(l.ID, l)
	return l
}

// Add puts users on the list: `userAdded` to its userList channels, for each
// that was not on it.
func (l *List) Add(users ...*User) {
	l.change("userAdded", users, func(u *User) bool {
		_, on := l.members[u.ID]
		l.members[u.ID] = u
		return !on
	})
}

// Remove takes users off the list: `userRemoved` to its userList channels, for
// each that was on it.
func (l *List) Remove(users ...*User) {
	l.change("userRemoved", users, func(u *User) bool {
		_, on := l.members[u.ID]
		delete(l.members, u.ID)
		return on
	})
}

func (l *List) change(event string, users []*User, changes func(*User) bool) {
	l.server.locked(func() {
		for _, u := range users {
			if changes(u) {
				l.server.publish(topic{"userList", string(l.ID)}, event, l.server.packUser(u))
			}
		}
	})
}
