package run

import "reflect"

// cleanEvent makes every text of an event that we own safe for a terminal.
func cleanEvent(e *Event) { cleanValue(reflect.ValueOf(e).Elem()) }

func cleanValue(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(CleanText(v.String()))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			cleanValue(v.Elem())
		}
	case reflect.Struct:
		if v.Type().PkgPath() != reflect.TypeFor[Event]().PkgPath() {
			return // time.Time
		}
		for i := range v.NumField() {
			cleanValue(v.Field(i))
		}
	case reflect.Slice:
		for i := range v.Len() {
			cleanValue(v.Index(i))
		}
	case reflect.Map:
		cleanMap(v)
	}
}

// cleanMap cleans keys and values of Mark.Data.
func cleanMap(v reflect.Value) {
	m, ok := v.Interface().(map[string]string)
	if !ok || m == nil {
		return
	}
	safe := make(map[string]string, len(m))
	for k, text := range m {
		safe[CleanText(k)] = CleanText(text)
	}
	v.Set(reflect.ValueOf(safe))
}
