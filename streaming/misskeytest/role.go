package misskeytest

import (
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Role is a role that users can be given.
type Role struct {
	ID   misskey.RoleID
	Name string // as it was made; admin/roles/update changes what the server says

	server  *Server
	created time.Time

	// Guarded by Server.mu.
	updated       time.Time
	name          string
	description   string
	color         string
	iconURL       string
	public        bool
	explorable    bool
	moderator     bool
	administrator bool
	badge         bool
	order         int64 // of display
	keep          bool  // when the account moves
	delegated     bool  // moderators may give it
	policies      map[string]misskey.RolePolicy
	members       map[misskey.UserID]*assignment
}

// assignment is that a user has a role.
type assignment struct {
	tie     // to the user
	expires time.Time
	end     *call
}

// RoleOption says something about a role being added.
type RoleOption interface{ applyToRole(*Role) }

type roleOption func(*Role)

func (o roleOption) applyToRole(r *Role) { o(r) }

func (o IDOption) applyToRole(r *Role) { r.ID = misskey.RoleID(o) }

// Unexplorable keeps the role's timeline silent and its holders unlisted.
// Without it a role is explorable.
func Unexplorable() RoleOption { return roleOption(func(r *Role) { r.explorable = false }) }

// Unpublic keeps the role out of its holders' profiles and of all lists; nobody
// is notified of being given it. Without it a role is public.
func Unpublic() RoleOption { return roleOption(func(r *Role) { r.public = false }) }

// ForModerators makes the role's holders get what the admin channel carries,
// and lets them use the endpoints for moderators.
func ForModerators() RoleOption { return roleOption(func(r *Role) { r.moderator = true }) }

// ForAdministrators makes the role's holders get what the admin channel
// carries, and lets them use the endpoints for moderators and administrators.
func ForAdministrators() RoleOption { return roleOption(func(r *Role) { r.administrator = true }) }

// AsBadge shows the role beside its holders' names, as a badge.
func AsBadge() RoleOption { return roleOption(func(r *Role) { r.badge = true }) }

// AddRole makes a role that nobody has yet.
func (s *Server) AddRole(name string, options ...RoleOption) *Role {
	mustGive("AddRole", "option", options...)
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.touch()
	r := &Role{Name: name, name: name, public: true, explorable: true}
	for _, o := range options {
		o.applyToRole(r)
	}
	s.addRole(r)
	return r
}

func (s *Server) addRole(r *Role) {
	if r.ID == "" {
		r.ID = misskey.RoleID(s.nextID())
	}
	r.server = s
	r.created = s.madeAt(string(r.ID))
	r.updated = r.created
	r.members = map[misskey.UserID]*assignment{}
	s.roles.add(r.ID, r)
}

// Assign gives the role to users; those who did not have it are notified.
func (r *Role) Assign(users ...*User) {
	r.server.mustOwnAll("Assign", users)
	r.server.locked(func() {
		for _, u := range users {
			r.server.assign(r, u, time.Time{})
		}
	})
}

// Unassign takes the role from users.
func (r *Role) Unassign(users ...*User) {
	r.server.mustOwnAll("Unassign", users)
	r.server.locked(func() {
		for _, u := range users {
			r.server.unassign(r, u)
		}
	})
}

// assign gives a role to a user who does not have it, until it expires; zero is
// never.
func (s *Server) assign(r *Role, u *User, expires time.Time) {
	if r.members[u.ID] != nil {
		return
	}
	a := &assignment{tie: s.newTie(nil, u), expires: expires}
	r.members[u.ID] = a
	if !expires.IsZero() {
		a.end = s.after(expires.Sub(s.now()), func() { delete(r.members, u.ID) })
	}
	if r.public {
		s.notify(u, notificationContent{kind: misskey.NotificationKindRoleAssigned, role: r})
	}
}

func (s *Server) unassign(r *Role, u *User) {
	if a := r.members[u.ID]; a != nil {
		s.stop(a.end)
		delete(r.members, u.ID)
	}
}

// rolesOf returns the roles of a user, none for nil.
func (s *Server) rolesOf(u *User) []*Role {
	if u == nil {
		return nil
	}
	var roles []*Role
	for _, r := range s.roles.all {
		if r.members[u.ID] != nil {
			roles = append(roles, r)
		}
	}
	return roles
}

// isModerator reports whether the user may use the endpoints for moderators.
func (s *Server) isModerator(u *User) bool { return u.root || s.holdsModeratorRole(u) }

// isAdministrator does the same for administrators.
func (s *Server) isAdministrator(u *User) bool {
	if u.root {
		return true
	}
	for _, r := range s.rolesOf(u) {
		if r.administrator {
			return true
		}
	}
	return false
}

func (s *Server) holdsModeratorRole(u *User) bool {
	for _, r := range s.rolesOf(u) {
		if r.moderator || r.administrator {
			return true
		}
	}
	return false
}

// moderators returns each holder of a role for moderators or administrators
// once. The root user is none by being root.
func (s *Server) moderators() []*User {
	var all []*User
	for _, u := range s.users.all {
		if s.holdsModeratorRole(u) {
			all = append(all, u)
		}
	}
	return all
}

func packRoleLite(r *Role) misskey.RoleLite {
	return misskey.RoleLite{
		ID:              r.ID,
		Name:            r.name,
		Color:           textOrNull(r.color),
		IconURL:         textOrNull(r.iconURL),
		Description:     r.description,
		IsModerator:     r.moderator,
		IsAdministrator: r.administrator,
		DisplayOrder:    r.order,
	}
}

// packRole writes a role out with all policies, those included of which the role
// says nothing.
func (s *Server) packRole(r *Role) misskey.Role {
	m := misskey.Role{
		RoleLite:     packRoleLite(r),
		CreatedAt:    r.created,
		UpdatedAt:    r.updated,
		Target:       misskey.RoleTargetManual,
		IsPublic:     r.public,
		IsExplorable: r.explorable,
		AsBadge:      r.badge,
		Policies:     map[string]misskey.RolePolicy{},
		UsersCount:   int64(len(r.members)),

		PreserveAssignmentOnMoveAccount: r.keep,
		CanEditMembersByModerator:       r.delegated,
	}
	for name, value := range standardPolicies().set() {
		m.Policies[name] = misskey.RolePolicy{UseDefault: true, Value: value}
	}
	for name, p := range r.policies {
		m.Policies[name] = p
	}
	return m
}
