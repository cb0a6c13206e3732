package sim

// ParseFilter is parseFilter, for fuzzing.
func ParseFilter(text string) (func(map[string]any) bool, error) {
	f, err := parseFilter(text)
	if err != nil {
		return nil, err
	}
	return f.match, nil
}
