package misskeytest

import (
	"encoding/json"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
)

var roleEndpoints = []*endpoint{
	{name: "roles/list", credential: true, permission: "read:account", run: listRoles},
	{name: "roles/show", params: oneRole, run: showRole},
	{name: "roles/users", params: paged(oneRole[0]), run: listRoleUsers},

	{name: "admin/roles/create", credential: true, permission: "write:admin:roles", allowed: (*Server).isAdministrator,
		params: roleParams(true), run: createRole},
	{name: "admin/roles/update", credential: true, permission: "write:admin:roles", allowed: (*Server).isAdministrator,
		params: append(roleParams(false), oneRole[0]), run: updateRole},
	{name: "admin/roles/delete", credential: true, permission: "write:admin:roles", allowed: (*Server).isAdministrator,
		params: oneRole, run: deleteRole},
	{name: "admin/roles/list", credential: true, permission: "read:admin:roles", allowed: (*Server).isModerator,
		run: listAllRoles},
	{name: "admin/roles/show", credential: true, permission: "read:admin:roles", allowed: (*Server).isModerator,
		params: oneRole, run: showAnyRole},
	{name: "admin/roles/users", credential: true, permission: "read:admin:roles", allowed: (*Server).isModerator,
		params: paged(oneRole[0]), run: listAssignments},
	{name: "admin/roles/assign", credential: true, permission: "write:admin:roles", allowed: (*Server).isModerator,
		params: oneRole.and(oneUser[0], param{name: "expiresAt", kind: anInteger, nullable: true}), run: assignRole},
	{name: "admin/roles/unassign", credential: true, permission: "write:admin:roles", allowed: (*Server).isModerator,
		params: oneRole.and(oneUser[0]), run: unassignRole},
	{name: "admin/roles/update-default-policies", credential: true, permission: "write:admin:roles",
		allowed: (*Server).isAdministrator, params: schema{{name: "policies", kind: anObject, required: true}}, run: updateBasePolicies},
}

var oneRole = schema{{name: "roleId", kind: anID, required: true}}

func roleParams(required bool) schema {
	return schema{
		{name: "name", kind: aText, required: required},
		{name: "description", kind: aText, required: required},
		{name: "color", kind: aText, nullable: true, required: required},
		{name: "iconUrl", kind: aText, nullable: true, required: required},
		{name: "target", kind: aText, required: required, oneOf: []string{"manual", "conditional"}},
		{name: "condFormula", kind: anObject, required: required},
		{name: "isPublic", kind: aBoolean, required: required},
		{name: "isModerator", kind: aBoolean, required: required},
		{name: "isAdministrator", kind: aBoolean, required: required},
		{name: "isExplorable", kind: aBoolean},
		{name: "asBadge", kind: aBoolean, required: required},
		{name: "preserveAssignmentOnMoveAccount", kind: aBoolean},
		{name: "canEditMembersByModerator", kind: aBoolean, required: required},
		{name: "displayOrder", kind: aNumber, required: required},
		{name: "policies", kind: anObject, required: required},
	}
}

var (
	errNoSuchRoleShow     = refusal("NO_SUCH_ROLE", "de5502bf-009a-4639-86c1-fec349e46dcb", "No such role.")
	errNoSuchRoleUsers    = refusal("NO_SUCH_ROLE", "30aaaee3-4792-48dc-ab0d-cf501a575ac5", "No such role.")
	errNoSuchRoleUpdate   = refusal("NO_SUCH_ROLE", "cd23ef55-09ad-428a-ac61-95a45e124b32", "No such role.")
	errNoSuchRoleDelete   = refusal("NO_SUCH_ROLE", "de0d6ecd-8e0a-4253-88ff-74bc89ae3d45", "No such role.")
	errNoSuchRoleAny      = refusal("NO_SUCH_ROLE", "07dc7d34-c0d8-49b7-96c6-db3ce64ee0b3", "No such role.")
	errNoSuchRoleHolders  = refusal("NO_SUCH_ROLE", "224eff5e-2488-4b18-b3e7-f50d94421648", "No such role.")
	errNoSuchRoleAssign   = refusal("NO_SUCH_ROLE", "6503c040-6af4-4ed9-bf07-f2dd16678eab", "No such role.")
	errNoSuchUserAssign   = refusal("NO_SUCH_USER", "558ea170-f653-4700-94d0-5a818371d0df", "No such user.")
	errAssignDenied       = refusal("ACCESS_DENIED", "25b5bc31-dc79-4ebd-9bd2-c84978fd052c", "Only administrators can edit members of the role.")
	errNoSuchRoleUnassign = refusal("NO_SUCH_ROLE", "6e519036-a70d-4c76-b679-bc8fb18194e2", "No such role.")
	errNoSuchUserUnassign = refusal("NO_SUCH_USER", "2b730f78-1179-461b-88ad-d24c9af1a5ce", "No such user.")
	errNotAssigned        = refusal("NOT_ASSIGNED", "b9060ac7-5c94-4da4-9f55-2047c953df44", "Not assigned.")
	errUnassignDenied     = refusal("ACCESS_DENIED", "24636eee-e8c1-493e-94b2-e16ad401e262", "Only administrators can edit members of the role.")
)

func (r *request) role() *Role {
	role, _ := r.server.roles.get(misskey.RoleID(r.text("roleId")))
	return role
}

// packRoles writes out the roles that are wanted.
func (s *Server) packRoles(wanted func(*Role) bool) []misskey.Role {
	list := []misskey.Role{}
	for _, role := range s.roles.all {
		if wanted(role) {
			list = append(list, s.packRole(role))
		}
	}
	return list
}

func listRoles(r *request) (any, *apiError) {
	return r.server.packRoles(func(role *Role) bool { return role.public && role.explorable }), nil
}

func showRole(r *request) (any, *apiError) {
	role := r.role()
	if role == nil || !role.public {
		return nil, errNoSuchRoleShow
	}
	return r.server.packRole(role), nil
}

type packedHolder struct {
	ID   string `json:"id"`
	User any    `json:"user"`
}

func listRoleUsers(r *request) (any, *apiError) {
	role := r.role()
	if role == nil || !role.public || !role.explorable {
		return nil, errNoSuchRoleUsers
	}
	list := []packedHolder{}
	for _, a := range page(r, oldestFirst(role.members), (*assignment).key, always) {
		list = append(list, packedHolder{a.id, r.packUser(a.to)})
	}
	return list, nil
}

func createRole(r *request) (any, *apiError) {
	role := &Role{}
	r.changeRole(role)
	role.Name = r.text("name")
	r.server.addRole(role)
	return r.server.packRole(role), nil
}

func updateRole(r *request) (any, *apiError) {
	role := r.role()
	if role == nil {
		return nil, errNoSuchRoleUpdate
	}
	r.changeRole(role)
	role.updated = r.server.now()
	return nil, nil
}

// changeRole changes what the params name. Policies that Misskey does not have,
// and values of the wrong type, count for nothing.
func (r *request) changeRole(role *Role) {
	text := func(name string, into *string) {
		if _, given := r.params[name]; given {
			*into = r.text(name)
		}
	}
	flag := func(name string, into *bool) { *into = r.boolean(name, *into) }

	text("name", &role.name)
	text("description", &role.description)
	text("color", &role.color)
	text("iconUrl", &role.iconURL)
	flag("isPublic", &role.public)
	flag("isExplorable", &role.explorable)
	flag("isModerator", &role.moderator)
	flag("isAdministrator", &role.administrator)
	flag("asBadge", &role.badge)
	flag("preserveAssignmentOnMoveAccount", &role.keep)
	flag("canEditMembersByModerator", &role.delegated)
	role.order = int64(r.integer("displayOrder", int(role.order)))
	set, given := toObject(r.params["policies"])
	if !given {
		return
	}
	role.policies = map[string]misskey.RolePolicy{}
	for name, raw := range set {
		var p struct {
			UseDefault bool
			Priority   int64
			Value      json.RawMessage
		}
		if json.Unmarshal(raw, &p) == nil && isPolicy(name, p.Value) {
			role.policies[name] = misskey.RolePolicy{UseDefault: p.UseDefault, Priority: p.Priority, Value: p.Value}
		}
	}
}

func deleteRole(r *request) (any, *apiError) {
	role := r.role()
	if role == nil {
		return nil, errNoSuchRoleDelete
	}
	for _, a := range oldestFirst(role.members) {
		r.server.unassign(role, a.to)
	}
	r.server.roles.remove(role.ID)
	return nil, nil
}

func listAllRoles(r *request) (any, *apiError) { return r.server.packRoles(always), nil }

func showAnyRole(r *request) (any, *apiError) {
	role := r.role()
	if role == nil {
		return nil, errNoSuchRoleAny
	}
	return r.server.packRole(role), nil
}

type packedAssignment struct {
	ID        string     `json:"id"`
	CreatedAt timestamp  `json:"createdAt"`
	User      any        `json:"user"`
	ExpiresAt *timestamp `json:"expiresAt"`
}

func listAssignments(r *request) (any, *apiError) {
	role := r.role()
	if role == nil {
		return nil, errNoSuchRoleHolders
	}
	list := []packedAssignment{}
	for _, a := range page(r, oldestFirst(role.members), (*assignment).key, always) {
		packed := packedAssignment{ID: a.id, CreatedAt: timestamp(a.created), User: r.packUser(a.to)}
		if !a.expires.IsZero() {
			packed.ExpiresAt = pointer(timestamp(a.expires))
		}
		list = append(list, packed)
	}
	return list, nil
}

// mayGive reports whether the caller may give and take the role.
func (r *request) mayGive(role *Role) bool {
	return role.delegated || r.server.isAdministrator(r.user)
}

// assignRole does nothing when the role would be over already.
func assignRole(r *request) (any, *apiError) {
	role, u := r.role(), r.userNamed("userId")
	switch {
	case role == nil:
		return nil, errNoSuchRoleAssign
	case !r.mayGive(role):
		return nil, errAssignDenied
	case u == nil:
		return nil, errNoSuchUserAssign
	}
	expires, given := r.params.moment("expiresAt")
	switch {
	case !given:
		expires = time.Time{}
	case !expires.After(r.server.now()):
		return nil, nil
	}
	r.server.assign(role, u, expires)
	return nil, nil
}

func unassignRole(r *request) (any, *apiError) {
	role, u := r.role(), r.userNamed("userId")
	switch {
	case role == nil:
		return nil, errNoSuchRoleUnassign
	case !r.mayGive(role):
		return nil, errUnassignDenied
	case u == nil:
		return nil, errNoSuchUserUnassign
	case role.members[u.ID] == nil:
		return nil, errNotAssigned
	}
	r.server.unassign(role, u)
	return nil, nil
}

func updateBasePolicies(r *request) (any, *apiError) {
	set, _ := toObject(r.params["policies"])
	changes := policySet{}
	for name, value := range set {
		if isPolicy(name, value) {
			changes[name] = value
		}
	}
	r.server.base = r.server.base.with(changes)
	return nil, nil
}
