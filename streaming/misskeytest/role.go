package misskeytest

import (
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

// Role is a role that users can be given.
type Role struct {
	ID   misskey.RoleID
	Name string

	server     *Server
	created    time.Time
	explorable bool
	moderator  bool
	badge      bool
	members    map[misskey.UserID]*User
}

// RoleOption says something about a role being added.
type RoleOption interface{ applyToRole(*Role) }

type roleOption func(*Role)

func (o roleOption) applyToRole(r *Role) { o(r) }

func (o IDOption) applyToRole(r *Role) { r.ID = misskey.RoleID(o) }

// Unexplorable keeps the role's timeline silent. Without it a role is
// explorable.
func Unexplorable() RoleOption { return roleOption(func(r *Role) { r.explorable = false }) }

// ForModerators makes the role's holders get what the admin channel carries.
func ForModerators() RoleOption { return roleOption(func(r *Role) { r.moderator = true }) }

// AsBadge shows the role beside its holders' names, as a badge.
func AsBadge() RoleOption { return roleOption(func(r *Role) { r.badge = true }) }

// AddRole makes a role that nobody has yet.
func (s *Server) AddRole(name string, options ...RoleOption) *Role {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := &Role{Name: name, server: s, explorable: true, members: map[misskey.UserID]*User{}}
	for _, o := range options {
		o.applyToRole(r)
	}
	if r.ID == "" {
		r.ID = misskey.RoleID(s.nextID())
	}
	r.created = s.madeAt(string(r.ID))
	s.roles.add(r.ID, r)
	return r
}

// Assign gives the role to users; those who did not have it are notified.
func (r *Role) Assign(users ...*User) {
	r.server.locked(func() {
		for _, u := range users {
			if r.members[u.ID] != nil {
				continue
			}
			r.members[u.ID] = u
			r.server.notify(u, notificationContent{kind: misskey.NotificationKindRoleAssigned, role: r})
		}
	})
}

// Unassign takes the role from users.
func (r *Role) Unassign(users ...*User) {
	r.server.locked(func() {
		for _, u := range users {
			delete(r.members, u.ID)
		}
	})
}

func (s *Server) rolesOf(u *User) []*Role {
	var roles []*Role
	for _, r := range s.roles.all {
		if r.members[u.ID] != nil {
			roles = append(roles, r)
		}
	}
	return roles
}

// Report makes u report another account: `newAbuseUserReport` on the admin
// channels of everyone who has a role for moderators.
func (u *User) Report(other *User, comment string) {
	u.server.locked(func() {
		body := abuseReport{
			ID:           misskey.AbuseReportID(u.server.nextID()),
			TargetUserID: other.ID,
			ReporterID:   u.ID,
			Comment:      comment,
		}
		for _, moderator := range u.server.moderators() {
			u.server.publish(topic{"admin", string(moderator.ID)}, "newAbuseUserReport", body)
		}
	})
}

type abuseReport struct {
	ID           misskey.AbuseReportID `json:"id"`
	TargetUserID misskey.UserID        `json:"targetUserId"`
	ReporterID   misskey.UserID        `json:"reporterId"`
	Comment      string                `json:"comment"`
}

// moderators returns each holder of a role for moderators once.
func (s *Server) moderators() []*User {
	var all []*User
	for _, u := range s.users.all {
		for _, r := range s.rolesOf(u) {
			if r.moderator {
				all = append(all, u)
				break
			}
		}
	}
	return all
}
