package misskeytest

import (
	"encoding/json"
	"maps"
	"slices"
)

var registryEndpoints = []*endpoint{
	{name: "i/registry/set", credential: true, permission: "write:account",
		params: slices.Concat(schema{
			{name: "key", kind: aText, required: true, min: 1},
			{name: "value", kind: anything, required: true},
		}, aScope), run: setRegistry},
	{name: "i/registry/get", credential: true, permission: "read:account", params: oneSetting, run: getRegistry},
	{name: "i/registry/get-detail", credential: true, permission: "read:account", params: oneSetting, run: getRegistryDetail},
	{name: "i/registry/get-all", credential: true, permission: "read:account", params: aScope, run: getRegistryScope},
	{name: "i/registry/keys", credential: true, permission: "read:account", params: aScope, run: listRegistryKeys},
	{name: "i/registry/keys-with-type", credential: true, permission: "read:account", params: aScope, run: listRegistryTypes},
	{name: "i/registry/remove", credential: true, permission: "write:account", params: oneSetting, run: removeFromRegistry},
	{name: "i/registry/scopes-with-domain", credential: true, secure: true, run: listRegistryScopes},
}

var (
	aScope = schema{
		{name: "scope", kind: someTexts},
		{name: "domain", kind: aText, nullable: true},
	}
	oneSetting = slices.Concat(schema{{name: "key", kind: aText, required: true}}, aScope)
)

var (
	errNoSuchKey       = refusal("NO_SUCH_KEY", "ac3ed68a-62f0-422b-a7bc-d5e09e8f6a6a", "No such key.")
	errNoSuchKeyDetail = refusal("NO_SUCH_KEY", "97a1e8e7-c0f7-47d2-957a-92e61256e01a", "No such key.")
	errNoSuchKeyRemove = refusal("NO_SUCH_KEY", "1fac4e8a-a6cd-4e39-a4a5-3a7e11f1b019", "No such key.")
)

// domain is the app's where the caller is one, whatever it asks for.
func (r *request) domain() string {
	if r.who.app {
		return r.who.id
	}
	return r.text("domain")
}

func (r *request) setting() (setting, settingKey, bool) {
	key := newSettingKey(r.domain(), r.texts("scope"), r.text("key"))
	s, ok := r.user.settings[key]
	return s, key, ok
}

func (r *request) scope() map[string]setting { return r.user.scopeOf(r.domain(), r.texts("scope")) }

func setRegistry(r *request) (any, *apiError) {
	r.user.setRegistry(r.domain(), r.texts("scope"), r.text("key"), r.params["value"])
	return nil, nil
}

func getRegistry(r *request) (any, *apiError) {
	s, _, ok := r.setting()
	if !ok {
		return nil, errNoSuchKey
	}
	return s.value, nil
}

func getRegistryDetail(r *request) (any, *apiError) {
	s, _, ok := r.setting()
	if !ok {
		return nil, errNoSuchKeyDetail
	}
	return map[string]any{"updatedAt": timestamp(s.updated), "value": s.value}, nil
}

func getRegistryScope(r *request) (any, *apiError) {
	all := map[string]json.RawMessage{}
	for key, s := range r.scope() {
		all[key] = s.value
	}
	return all, nil
}

func listRegistryKeys(r *request) (any, *apiError) {
	return append([]string{}, slices.Sorted(maps.Keys(r.scope()))...), nil
}

func listRegistryTypes(r *request) (any, *apiError) {
	all := map[string]string{}
	for key, s := range r.scope() {
		all[key] = typeOfValue(s.value)
	}
	return all, nil
}

// typeOfValue tells by the first character what a JSON value is.
func typeOfValue(value json.RawMessage) string {
	switch value[0] {
	case '{':
		return "object"
	case '[':
		return "array"
	case '"':
		return "string"
	case 't', 'f':
		return "boolean"
	case 'n':
		return "null"
	default:
		return "number"
	}
}

func removeFromRegistry(r *request) (any, *apiError) {
	_, key, ok := r.setting()
	if !ok {
		return nil, errNoSuchKeyRemove
	}
	delete(r.user.settings, key)
	return nil, nil
}

func listRegistryScopes(r *request) (any, *apiError) { return r.user.domains(), nil }
