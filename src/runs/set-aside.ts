// The beginning of the error of a run that no server could take over; `doctor` finds such runs by this text.

export const setAsideMark = 'set aside: ';
