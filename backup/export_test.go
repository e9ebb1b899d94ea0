package backup

func init() { rounds = 600 } // each test opens many
