// How the record of a run begins that no server could go on with; `doctor` finds it by this.

export const setAsideMark = 'set aside: ';
