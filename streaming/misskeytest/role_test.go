package misskeytest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// Without the policy, local, hybrid and global timelines are connected and
// silent, and refused by REST; of several roles the highest value counts.
func TestTimelinePolicies(t *testing.T) {
	closed := []misskeytest.Option{
		misskeytest.WithBasePolicy("ltlAvailable", false), misskeytest.WithBasePolicy("gtlAvailable", false),
	}
	open := []misskeytest.RoleOption{misskeytest.WithPolicy("ltlAvailable", true), misskeytest.WithPolicy("gtlAvailable", true)}
	shut := []misskeytest.RoleOption{misskeytest.WithPolicy("ltlAvailable", false), misskeytest.WithPolicy("gtlAvailable", false)}
	tests := []struct {
		name   string
		server []misskeytest.Option
		roles  [][]misskeytest.RoleOption
		open   bool
	}{
		{"nothing said", nil, nil, true},
		{"closed to all", closed, nil, false},
		{"closed, open to a role", closed, [][]misskeytest.RoleOption{open}, true},
		{"closed to a role", nil, [][]misskeytest.RoleOption{shut}, false},
		{"closed to one role of two", nil, [][]misskeytest.RoleOption{shut, open}, true},
		{"open to one role of two", nil, [][]misskeytest.RoleOption{open, shut}, true},
		{"a role that says nothing", nil, [][]misskeytest.RoleOption{shut, nil}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			srv := newServer(t, tt.server...)
			me := srv.AddUser("me")
			for _, options := range tt.roles {
				srv.AddRole("r", options...).Assign(me)
			}
			c := dial(t, srv, me.Token())
			for _, channel := range []string{"localTimeline", "hybridTimeline", "globalTimeline", "homeTimeline"} {
				c.connect(channel, channel, "{}")
			}
			me.Post("x")
			c.sync()
			for channel, refused := range map[string]struct{ endpoint, code string }{
				"localTimeline":  {"notes/local-timeline", "LTL_DISABLED"},
				"hybridTimeline": {"notes/hybrid-timeline", "STL_DISABLED"},
				"globalTimeline": {"notes/global-timeline", "GTL_DISABLED"},
				"homeTimeline":   {"notes/timeline", ""},
			} {
				heard := len(c.all(event(channel, "note"))) == 1
				code := refusalOf(t, srv, me, refused.endpoint, map[string]any{})
				if channel == "homeTimeline" || tt.open {
					if !heard || code != "" {
						t.Errorf("%s: heard %v, REST says %q; want an open one", channel, heard, code)
					}
				} else if heard || code != refused.code {
					t.Errorf("%s: heard %v, REST says %q; want a closed one", channel, heard, code)
				}
			}
		})
	}
}

// A role may leave the value of a policy out, and says nothing of it then.
func TestRolePolicyWithoutValue(t *testing.T) {
	srv := newServer(t)
	admin := restClient{t, srv, srv.AddUser("admin", misskeytest.AsAdmin())}
	srv.AddRole("generous", misskeytest.WithPolicy("ltlAvailable", true)).Assign(admin.user)
	var role misskey.Role
	params := maps.Clone(newRole)
	params["policies"] = map[string]any{
		"ltlAvailable": map[string]any{"useDefault": false, "priority": 0},
		"gtlAvailable": map[string]any{"useDefault": false, "priority": 0, "value": nil},
	}
	admin.get("admin/roles/create", params, &role)
	admin.do("admin/roles/assign", map[string]any{"roleId": role.ID, "userId": admin.user.ID})
	var me misskey.MeDetailed
	admin.get("i", nil, &me)
	if !me.Policies.LtlAvailable || !me.Policies.GtlAvailable {
		t.Errorf("policies %+v", me.Policies)
	}
}

var newRole = map[string]any{
	"name": "r", "description": "", "color": nil, "iconUrl": nil, "target": "manual", "condFormula": map[string]any{},
	"isPublic": true, "isModerator": false, "isAdministrator": false, "isExplorable": true, "asBadge": true,
	"canEditMembersByModerator": false, "displayOrder": 2,
	"policies": map[string]any{
		"gtlAvailable": map[string]any{"useDefault": false, "priority": 1, "value": false},
		"canFly":       map[string]any{"useDefault": false, "priority": 1, "value": true},
	},
}

// Roles are made, given, changed and taken by administrators, and the stream
// sees what comes of it.
func TestRolesByREST(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv, bot, alice, mod, c := people(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	root := srv.AddUser("root", misskeytest.AsAdmin())
	srv.AddRole("mods", misskeytest.ForModerators(), misskeytest.Unpublic()).Assign(mod)
	for _, u := range []*misskeytest.User{alice, mod} {
		if got := refusalOf(t, srv, u, "admin/roles/create", newRole); got != "ROLE_PERMISSION_DENIED" {
			t.Errorf("admin/roles/create by %s: %q", u.Username, got)
		}
	}
	var role misskey.Role
	if status := call(t, srv, root.Token(), "admin/roles/create", newRole, &role); status != 200 {
		t.Fatalf("admin/roles/create: %d", status)
	}
	if p := role.Policies["gtlAvailable"]; p.UseDefault || string(p.Value) != "false" || role.Policies["canFly"].Value != nil || len(role.Policies) != 38 {
		t.Errorf("policies %v", role.Policies)
	}
	give := map[string]any{"roleId": role.ID, "userId": bot.ID}
	if got := refusalOf(t, srv, mod, "admin/roles/assign", give); got != "ACCESS_DENIED" {
		t.Errorf("assign by a moderator: %q", got)
	}
	do(t, srv, root, "admin/roles/assign", give)
	c.waitFor("roleAssigned", func(f testFrame) bool {
		return event("m", "notification")(f) && string(object(t, f.inner().Body)["type"]) == `"roleAssigned"`
	})
	c.connect("roleTimeline", "r", fmt.Sprintf(`{"roleId":%q}`, role.ID))
	bot.Post("heard")
	c.waitFor("the note", event("r", "note"))

	var me misskey.MeDetailed
	call(t, srv, bot.Token(), "i", map[string]any{}, &me)
	if len(me.Roles) != 1 || len(me.BadgeRoles) != 1 || me.Policies.GtlAvailable || !me.Policies.LtlAvailable {
		t.Errorf("roles %+v, badges %+v, policies %+v", me.Roles, me.BadgeRoles, me.Policies)
	}

	var holders []struct{ User struct{ Username string } }
	call(t, srv, "", "roles/users", map[string]any{"roleId": role.ID}, &holders)
	if len(holders) != 1 || holders[0].User.Username != "bot" {
		t.Errorf("roles/users: %+v", holders)
	}
	var public []misskey.Role
	call(t, srv, alice.Token(), "roles/list", map[string]any{}, &public)
	if len(public) != 1 || public[0].ID != role.ID || public[0].UsersCount != 1 {
		t.Errorf("roles/list: %+v", public)
	}

	do(t, srv, root, "admin/roles/update", map[string]any{"roleId": role.ID, "isExplorable": false, "canEditMembersByModerator": true})
	bot.Post("not heard")
	c.sync()
	if n := len(c.all(event("r", "note"))); n != 1 {
		t.Errorf("%d notes, want 1: the role is not explorable any more", n)
	}
	if got := refusalOf(t, srv, alice, "roles/users", map[string]any{"roleId": role.ID}); got != "NO_SUCH_ROLE" {
		t.Errorf("roles/users: %q", got)
	}

	do(t, srv, mod, "admin/roles/unassign", give)
	if got := refusalOf(t, srv, mod, "admin/roles/unassign", give); got != "NOT_ASSIGNED" {
		t.Errorf("unassign again: %q", got)
	}
	give["expiresAt"] = clock.Now().Add(time.Hour).UnixMilli()
	do(t, srv, mod, "admin/roles/assign", give)
	held := func() bool {
		t.Helper()
		var all []map[string]json.RawMessage
		call(t, srv, mod.Token(), "admin/roles/users", map[string]any{"roleId": role.ID}, &all)
		return len(all) == 1
	}
	if !held() {
		t.Error("the role is not held before it expires")
	}
	clock.Advance(time.Hour)
	if held() {
		t.Error("the role is held after it has expired")
	}
	do(t, srv, root, "admin/roles/delete", map[string]any{"roleId": role.ID})
	if got := refusalOf(t, srv, alice, "roles/show", map[string]any{"roleId": role.ID}); got != "NO_SUCH_ROLE" {
		t.Errorf("roles/show of a deleted role: %q", got)
	}
}

// A role that is not public is nobody else's business.
func TestUnpublicRole(t *testing.T) {
	srv, bot, alice, _, c := people(t)
	role := srv.AddRole("secret", misskeytest.Unpublic())
	role.Assign(bot)
	c.sync()
	if got := c.mainEvents(); got != nil {
		t.Errorf("main events %q, want none", got)
	}
	if got := refusalOf(t, srv, alice, "roles/show", map[string]any{"roleId": role.ID}); got != "NO_SUCH_ROLE" {
		t.Errorf("roles/show: %q", got)
	}
	var shown misskey.UserDetailedNotMe
	call(t, srv, alice.Token(), "users/show", userID(bot), &shown)
	if len(shown.Roles) != 0 {
		t.Errorf("roles %+v, want none", shown.Roles)
	}
}

// The server's own policies can be changed while it runs.
func TestUpdateDefaultPolicies(t *testing.T) {
	srv := newServer(t)
	root := srv.AddUser("root", misskeytest.AsAdmin())
	do(t, srv, root, "admin/roles/update-default-policies", map[string]any{"policies": map[string]any{"ltlAvailable": false, "pinLimit": 7}})
	var meta struct {
		Policies misskey.RolePolicies
		Features map[string]bool
	}
	call(t, srv, "", "meta", map[string]any{}, &meta)
	if meta.Policies.LtlAvailable || meta.Policies.PinLimit != 7 || meta.Features["localTimeline"] || !meta.Features["globalTimeline"] {
		t.Errorf("meta: %+v %v", meta.Policies, meta.Features)
	}
	if got := refusalOf(t, srv, nil, "notes/local-timeline", map[string]any{}); got != "LTL_DISABLED" {
		t.Errorf("notes/local-timeline: %q", got)
	}
}

// The server counts what it has.
func TestServerCalls(t *testing.T) {
	srv, _, alice, _, _ := people(t)
	alice.Post("x")
	for endpoint, want := range map[string]string{
		"stats":                  `"notesCount":1`,
		"get-online-users-count": `{"count":1}`,
		"server-info":            `"cpu":{`,
		"ping":                   `"pong":`,
		"meta":                   `"requireSetup":false`,
	} {
		resp, data := request(t, srv, "POST", endpoint, map[string][]string{"Content-Type": {"application/json"}}, "{}")
		if resp.StatusCode != 200 || !json.Valid(data) || !strings.Contains(string(data), want) {
			t.Errorf("%s: %d %s, want %s", endpoint, resp.StatusCode, data, want)
		}
	}
	if _, data := request(t, srv, "POST", "meta", map[string][]string{"Content-Type": {"application/json"}}, `{"detail":false}`); strings.Contains(string(data), "requireSetup") {
		t.Errorf("meta without detail: %s", data)
	}
}
