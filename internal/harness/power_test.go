package harness

const powerWord = "under-power"

func launchUnderPower([]string) {}
