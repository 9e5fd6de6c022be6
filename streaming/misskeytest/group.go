package misskeytest

import (
	"slices"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Group is a group of users who send each other messages, as Misskey 12 has
// them. Its methods are safe for concurrent use.
type Group struct {
	ID   string
	Name string

	server  *Server
	created time.Time
	owner   *User
	members []joining // in the order they joined
}

// joining is that somebody belongs to a group. Messages with a smaller id than
// its own were sent before that.
type joining struct {
	user *User
	id   string
}

// UserGroup is how the server writes a [Group] out.
type UserGroup struct {
	ID        string           `json:"id"`
	CreatedAt time.Time        `json:"createdAt"`
	Name      string           `json:"name"`
	OwnerID   misskey.UserID   `json:"ownerId"`
	UserIDs   []misskey.UserID `json:"userIds"`
}

// MarshalJSON writes the group as the server does.
func (g UserGroup) MarshalJSON() ([]byte, error) {
	type plain UserGroup
	return marshal(struct {
		plain
		CreatedAt timestamp `json:"createdAt"`
	}{plain(g), timestamp(g.CreatedAt)}), nil
}

// AddGroup makes a group of u's, with u as its only member. It panics unless the
// server is [Release12].
func (u *User) AddGroup(name string, options ...IDOption) *Group {
	return act(u, "AddGroup", func() (*Group, *apiError) {
		if !u.server.facts.messaging {
			return nil, errNoSuchEndpoint
		}
		return u.server.newGroup(u, name, u.server.pickID(options)), nil
	})
}

// Add makes users members of the group: they may connect to it and get its
// messages. Those who are members stay so.
func (g *Group) Add(users ...*User) {
	g.server.mustOwnAll("Group.Add", users)
	g.server.locked(func() {
		for _, u := range users {
			g.join(u)
		}
	})
}

// Remove makes users leave the group. Who is connected to it goes on hearing it,
// as on the real server, which asks but once.
func (g *Group) Remove(users ...*User) {
	g.server.mustOwnAll("Group.Remove", users)
	g.server.locked(func() {
		for _, u := range users {
			g.leave(u)
		}
	})
}

func (s *Server) newGroup(owner *User, name, id string) *Group {
	g := &Group{ID: id, Name: name, server: s, created: s.madeAt(id), owner: owner}
	s.messaging.groups.add(g.ID, g)
	g.join(owner)
	return g
}

func (g *Group) join(u *User) {
	if g.member(u) == nil {
		g.members = append(g.members, joining{user: u, id: g.server.nextID()})
	}
}

func (g *Group) leave(u *User) {
	g.members = slices.DeleteFunc(g.members, func(m joining) bool { return m.user == u })
}

// member returns how u joined, nil when u is no member.
func (g *Group) member(u *User) *joining {
	i := slices.IndexFunc(g.members, func(m joining) bool { return m.user == u })
	if i < 0 {
		return nil
	}
	return &g.members[i]
}

func (g *Group) pack() UserGroup {
	packed := UserGroup{ID: g.ID, CreatedAt: g.created, Name: g.Name, OwnerID: g.owner.ID, UserIDs: []misskey.UserID{}}
	for _, m := range g.members {
		packed.UserIDs = append(packed.UserIDs, m.user.ID)
	}
	return packed
}
