/** Architectures by name, for the shells, which do not look into the model themselves. */
export { profileNamed, profileNames } from '../model/profiles.ts';
