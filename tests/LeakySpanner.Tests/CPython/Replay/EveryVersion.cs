namespace LeakySpanner.Tests.CPython.Replay;

// The same tests for each recorded version: a layout is guarded without that interpreter being installed.
public sealed class CensusReplay308Tests() : CensusReplayTests("3.8");

public sealed class CensusReplay309Tests() : CensusReplayTests("3.9");

public sealed class CensusReplay310Tests() : CensusReplayTests("3.10");

public sealed class CensusReplay311Tests() : CensusReplayTests("3.11");

public sealed class CensusReplay312Tests() : CensusReplayTests("3.12");

public sealed class CensusReplay313Tests() : CensusReplayTests("3.13");

public sealed class CensusReplay314Tests() : CensusReplayTests("3.14");

public sealed class CensusReplay315Tests() : CensusReplayTests("3.15");

public sealed class WalkReplay308Tests() : WalkReplayTests("3.8");

public sealed class WalkReplay309Tests() : WalkReplayTests("3.9");

public sealed class WalkReplay310Tests() : WalkReplayTests("3.10");

public sealed class WalkReplay311Tests() : WalkReplayTests("3.11");

public sealed class WalkReplay312Tests() : WalkReplayTests("3.12");

public sealed class WalkReplay313Tests() : WalkReplayTests("3.13");

public sealed class WalkReplay314Tests() : WalkReplayTests("3.14");

public sealed class WalkReplay315Tests() : WalkReplayTests("3.15");
