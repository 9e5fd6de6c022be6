package misskeytest

import (
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// List is a list of users, with an owner who alone may read its timeline.
type List struct {
	ID misskey.UserListID

	server  *Server
	created time.Time
	owner   *User

	// Guarded by Server.mu.
	name    string
	public  bool // others may see who is on it
	members map[misskey.UserID]*membership
}

// membership is that a user is on a list.
type membership struct {
	tie
	withReplies bool
}

// AddList makes an empty list of u's.
func (u *User) AddList(options ...IDOption) *List {
	u.server.mu.Lock()
	defer u.server.mu.Unlock()
	defer u.server.touch()
	return u.server.addList(u, "list", u.server.pickID(options))
}

func (s *Server) addList(u *User, name, id string) *List {
	l := &List{
		ID:      misskey.UserListID(id),
		server:  s,
		created: s.madeAt(id),
		owner:   u,
		name:    name,
		members: map[misskey.UserID]*membership{},
	}
	s.lists.add(l.ID, l)
	return l
}

// Add puts users on the list: `userAdded` to its userList channels, for each
// that was not on it. It panics over a user who blocks the list's owner.
func (l *List) Add(users ...*User) {
	l.server.mustOwnAll("List.Add", users)
	for _, u := range users {
		act(l.owner, "List.Add", func() (struct{}, *apiError) {
			if l.members[u.ID] != nil {
				return struct{}{}, nil
			}
			return struct{}{}, l.server.addToList(l, u)
		})
	}
}

// Remove takes users off the list: `userRemoved` to its userList channels, for
// each that was on it.
func (l *List) Remove(users ...*User) {
	l.server.mustOwnAll("List.Remove", users)
	l.server.locked(func() {
		for _, u := range users {
			l.server.removeFromList(l, u)
		}
	})
}

// ShowReplies decides whether the list's timeline has a member's replies to
// others. Without it, it does not.
func (l *List) ShowReplies(u *User, show bool) {
	l.server.mustOwn("List.ShowReplies", "u", u)
	act(l.owner, "List.ShowReplies", func() (struct{}, *apiError) {
		return struct{}{}, l.server.showRepliesInList(l, u, show)
	})
}

// Delete deletes the list. Channels that are connected to it stay silent.
func (l *List) Delete() {
	l.server.locked(func() { l.server.lists.remove(l.ID) })
}

func (s *Server) addToList(l *List, u *User) *apiError {
	switch {
	case l.owner.blockedBy(u):
		return errListBlocked
	case l.members[u.ID] != nil:
		return errAlreadyOnList
	case int64(len(l.members)) >= s.policiesOf(l.owner).UserEachUserListsLimit:
		return errListFull
	}
	l.members[u.ID] = &membership{tie: s.newTie(l.owner, u)}
	s.publish(topic{"userList", string(l.ID)}, "userAdded", s.packUser(u))
	return nil
}

func (s *Server) removeFromList(l *List, u *User) {
	if l.members[u.ID] == nil {
		return
	}
	delete(l.members, u.ID)
	s.publish(topic{"userList", string(l.ID)}, "userRemoved", s.packUser(u))
}

func (*Server) showRepliesInList(l *List, u *User, show bool) *apiError {
	m := l.members[u.ID]
	if m == nil {
		return errListUpdateNoUser
	}
	m.withReplies = show
	return nil
}
